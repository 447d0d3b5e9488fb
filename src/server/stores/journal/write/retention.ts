import { unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { syncDirectory } from './log-file.ts'
import type { Segment } from '../index/segment.ts'

/** How much of the log is kept. Only whole segments are dropped, so a little more stays than is asked for. */
export interface Retention {
  /**
   * A segment goes when even its last entry arrived this long ago, in milliseconds. Segments span
   * at most an eighth of it, so nothing stays longer than nine eighths.
   */
  readonly maxAgeMs?: number | undefined
  /**
   * A segment goes when the ones after it hold at least so many entries (versions of alerts, not
   * alerts). Segments hold at most an eighth of it, apart from a larger batch written as one.
   */
  readonly maxInsights?: number | undefined
}

const share = 8
/** Alerts forgotten in one turn of the event loop. */
const sliceCount = 2000

/** Whether a segment should be closed, so that retention need not wait for it to grow to its full size. */
export function spansEnough(segment: Segment, { maxAgeMs, maxInsights }: Retention, now: number): boolean {
  if (maxInsights !== undefined && segment.count >= maxInsights / share) return true
  return maxAgeMs !== undefined && segment.firstAt !== undefined && now - segment.firstAt >= maxAgeMs / share
}

/** Whether a segment's entries are all too old. */
export const isOutdated = (segment: Segment, { maxAgeMs }: Retention, now: number): boolean =>
  maxAgeMs !== undefined && segment.lastAt !== undefined && now - segment.lastAt >= maxAgeMs

/**
 * Drops the oldest segments while they may go. A position in one is `expired` from then on, and an
 * alert whose latest version is in one is forgotten, in slices, so that nobody waits.
 */
export async function dropSegments(
  log: DurableLog,
  retention: Retention,
  logger: Logger,
  now: number,
): Promise<void> {
  for (let oldest = log.segments[0]!; mayGo(log, oldest, retention, now); oldest = log.segments[0]!) {
    try {
      unlinkSync(oldest.path)
      syncDirectory(dirname(oldest.path))
    } catch (error) {
      logger('error', 'retention could not remove a segment', { file: oldest.path, reason: String(error) })
      return
    }
    log.first = oldest.next
    for (let sequence = oldest.first; sequence < oldest.next; sequence++) {
      const slot = oldest.slotOf(sequence)
      if (log.table.sequence[slot] === sequence) log.table.remove(slot)
      if (sequence % sliceCount === 0) await new Promise(setImmediate)
    }
    log.segments.shift()
    oldest.close()
    logger('info', 'retention dropped a segment', { file: oldest.path, entries: oldest.count })
  }
}

function mayGo(log: DurableLog, segment: Segment, retention: Retention, now: number): boolean {
  if (segment === log.active) return false
  if (isOutdated(segment, retention, now)) return true
  return retention.maxInsights !== undefined && log.head - segment.next + 1 >= retention.maxInsights
}
