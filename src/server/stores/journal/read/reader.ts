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
      await log.changed.wait(signal)
      continue
    }
    const recent = log.recent.after(passed)
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
      let offset = segment.offsetOf(passed + 1)
      while (passed + 1 < segment.next && !signal.aborted && !log.recent.after(passed)) {
        const chunk = await readChunk(log, file, { segment, sequence: passed + 1, offset, spare }).catch(
          keepDamage,
        )
        if (chunk instanceof DamagedLine) {
          log.reportDamage(chunk)
          return yield { reset: 'expired' }
        }
        const { entries, bytes } = chunk
        offset = chunk.end
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

/** A file that retention removed while it is open can still be read to its end. */
async function openUnlessDropped(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

interface Place {
  readonly segment: Segment
  readonly sequence: number
  /** Where its line begins. */
  readonly offset: number
  readonly spare: Buffer | undefined
}

/** The lines from a place on that fit a chunk, at least one; into `spare` where that is large enough. */
async function readChunk(
  log: DurableLog,
  file: FileHandle,
  { segment, sequence, offset, spare }: Place,
): Promise<{ readonly entries: Entry[]; readonly bytes: Buffer; readonly end: number }> {
  const size = segment.size - offset
  for (let length = chunkSize; ; length *= 4) {
    const wanted = Math.min(length, size)
    const bytes =
      spare && spare.length >= wanted ? spare : Buffer.allocUnsafeSlow(Math.max(wanted, chunkSize))
    let filled = 0
    while (filled < wanted) {
      const { bytesRead } = await file.read(bytes, filled, wanted - filled, offset + filled)
      if (bytesRead === 0) throw segment.damage(sequence, 'is behind the end of the file')
      filled += bytesRead
    }
    const entries: Entry[] = []
    let start = 0
    for (let end = lineEnd(bytes, 0, filled); end > 0; end = lineEnd(bytes, start, filled)) {
      const next = sequence + entries.length
      if (next === segment.next) break
      segment.check(bytes, start, end, next)
      entries.push(entryOfLine(log.epoch, next, bytes, start, end))
      start = end
      if (length > chunkSize) break
    }
    if (entries.length > 0) return { entries, bytes, end: offset + start }
    if (wanted === size) throw segment.damage(sequence, 'has no end')
  }
}

/** Past the newline of the line at `start`; 0 when that is not before `limit`. */
function lineEnd(bytes: Buffer, start: number, limit: number): number {
  const end = bytes.indexOf(newline, start) + 1
  return end > limit ? 0 : end
}

const newline = 0x0a
