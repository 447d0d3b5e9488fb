import { randomFillSync } from 'node:crypto'
import { v7 as uuid } from 'uuid'

const idBytes = 16
/** Drawn many at once: one call for each id costs more than all the rest of it. */
const pool = Buffer.alloc(512 * idBytes)
let used = pool.length
let msecs = 0
let seq = 0

/** A UUIDv7 (RFC 9562), in this process greater than every one before it. */
export function newAlertId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, (used += idBytes))
  const now = Date.now()
  if (now > msecs) {
    msecs = now
    // Of 32 bits, so that what is left to count up to is far more than one millisecond can hold.
    seq = random.readUInt32BE(6) >>> 1
  } else if (++seq > 0xffff_ffff) {
    msecs++
    seq = 0
  }
  return uuid({ random, msecs, seq })
}
