import { type FileHandle, open } from 'node:fs/promises'
import type { Cursor, ResetReason } from '../../../../protocol/cursor.ts'
import { type Entry, type EntryBatch, StoreUnavailable } from '../../store.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import { entryOfLine } from '../format/line.ts'
import type { Segment } from '../index/segment.ts'

/** Read from disk in pieces of about this many bytes: a reader that takes nothing more holds on to one of them. */
const chunkSize = 64 * 1024

/**
 * Everything after a position, then what comes, as {@link Store.read} promises. A reader that is
 * behind reads the files; one that keeps up is handed the batches as they become durable. When
 * retention overtakes it, or what follows is damaged, it says so with a reset: nothing is skipped in silence.
 */
export async function* readLog(
  log: DurableLog,
  after: Cursor,
  signal: AbortSignal,
): AsyncGenerator<EntryBatch | { readonly reset: ResetReason }> {
  if (after.epoch !== log.epoch) return yield { reset: 'foreign' }
  if (after.sequence > log.head) return yield { reset: 'ahead' }
  let passed = after.sequence
  let spare: Buffer | undefined
  while (!signal.aborted) {
    if (passed + 1 < log.first) return yield { reset: 'expired' }
    if (passed === log.head) {
      await nextBatch(log, signal)
      continue
    }
    const recent = log.recentAfter(passed)
    if (recent) {
      passed = recent.next.sequence
      yield recent
      continue
    }
    const segment = log.segmentOf(passed + 1)!
    const file = await openUnlessDropped(segment.path)
    if (file === undefined) {
      if (log.segments.includes(segment)) throw new StoreUnavailable(`${segment.path} is gone`)
      continue
    }
    try {
      while (passed + 1 < segment.next && !signal.aborted && !log.recentAfter(passed)) {
        const chunk = await readChunk(log, file, segment, passed + 1, spare).catch(keepDamage)
        if (chunk instanceof DamagedLine) {
          log.reportDamage(chunk)
          return yield { reset: 'expired' }
        }
        const { entries, bytes } = chunk
        spare = undefined
        passed += entries.length
        if (signal.aborted) return
        yield { entries, next: entries.at(-1)!.cursor, release: () => (spare = bytes) }
      }
    } finally {
      await file.close()
    }
  }
}

function keepDamage(error: unknown): DamagedLine {
  if (error instanceof DamagedLine) return error
  throw error
}

function nextBatch(log: DurableLog, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const callOff = log.onNext(done)
  signal.addEventListener('abort', done)
  return promise
  function done() {
    callOff()
    signal.removeEventListener('abort', done)
    resolve()
  }
}

/** A file that retention removed while it is open can still be read to its end. */
async function openUnlessDropped(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The lines from `sequence` on that fit a chunk, at least one; into `spare` where that is large enough. */
async function readChunk(
  log: DurableLog,
  file: FileHandle,
  segment: Segment,
  sequence: number,
  spare: Buffer | undefined,
): Promise<{ readonly entries: Entry[]; readonly bytes: Buffer }> {
  const start = segment.startOf(sequence)
  const last = segment.lastWithin(sequence, chunkSize)
  const length = segment.startOf(last + 1) - start
  const bytes = spare && spare.length >= length ? spare : Buffer.allocUnsafeSlow(Math.max(length, chunkSize))
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled)
    if (bytesRead === 0) throw new DamagedLine(segment.path, `ends before its sequence ${last}`)
    filled += bytesRead
  }
  const entries: Entry[] = []
  for (let next = sequence; next <= last; next++) {
    const line = segment.startOf(next) - start
    const end = segment.startOf(next + 1) - start
    segment.check(bytes, line, end, next)
    entries.push(entryOfLine(log.epoch, next, bytes, line, end))
  }
  return { entries, bytes }
}
