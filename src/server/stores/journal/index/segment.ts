import { closeSync, openSync, readSync } from 'node:fs'
import type { StoredEntry } from '../../entry.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import { checksumOf, entryOfLine, faultOfLine } from '../format/line.ts'
import { type FoundLine, locateLine } from './locate-line.ts'
import type { SegmentRow } from './sealed-index.ts'

/** `7f3a9c01d2e4-0000000000000001.ndjson`: the epoch, and the first sequence in the file. */
export const segmentName = (epoch: string, first: number) =>
  `${epoch}-${String(first).padStart(16, '0')}.ndjson`

/** The epoch and first sequence that a file name tells; undefined when it is no segment's. */
export function parseSegmentName(name: string): { epoch: string; first: number } | undefined {
  const [, epoch, digits] = /^([0-9a-zA-Z_]{1,64})-(\d{16})\.ndjson$/.exec(name) ?? []
  return epoch === undefined ? undefined : { epoch, first: Number(digits) }
}

/**
 * One file of the log. Its sequences have no gaps, unless it holds what retention has left of older
 * segments. Where its lines begin is known while it is written to, and looked for afterwards.
 */
export class Segment {
  readonly path: string
  /** The first line's sequence; of an empty file, the one to come. */
  readonly first: number
  readonly hasGaps: boolean
  /** The sequence that follows the last line's. */
  next: number
  count = 0
  /** Bytes of whole, durable lines. */
  size = 0
  /** Arrival of the first and of the last line, milliseconds since the epoch. Undefined when empty. */
  firstAt: number | undefined
  lastAt: number | undefined
  /** Lines that are their alert's latest version, and those of them that are resolved. */
  latest = 0
  latestResolved = 0
  /** A file stays far below 4 GiB: it is closed at the bound for segments, at most one group past it. */
  #starts: Uint32Array<ArrayBuffer> | undefined = new Uint32Array(256)
  readonly #fd: number

  /** The file must be there. */
  constructor(path: string, first: number, { hasGaps = false } = {}) {
    this.path = path
    this.first = first
    this.next = first
    this.hasGaps = hasGaps
    this.#fd = openSync(path, 'r')
  }

  /** Notes a line of `length` bytes, its newline included. */
  add(length: number): void {
    if (this.#starts && this.count === this.#starts.length) {
      const wider = new Uint32Array(this.#starts.length * 2)
      wider.set(this.#starts)
      this.#starts = wider
    }
    if (this.#starts) this.#starts[this.count] = this.size
    this.count++
    this.next++
    this.size += length
  }

  /** Nothing will be added any more: where lines begin is looked for from now on. */
  seal(): void {
    this.#starts = undefined
  }

  /** Counts a line that is its alert's latest version from now on (`by` 1), or was (-1). */
  countLatest(isResolved: boolean, by: 1 | -1): void {
    this.latest += by
    if (isResolved) this.latestResolved += by
  }

  /** Where the line of a sequence begins, or, where it has no such line, the end of the segment. */
  offsetOf(sequence: number): number {
    if (sequence >= this.next) return this.size
    return this.#starts?.[sequence - this.first] ?? this.#locate(sequence)?.offset ?? this.size
  }

  /**
   * A line's entry, read back and checked; good until the next read. `nearby`: others beside it will be
   * asked for next. Undefined when retention has dropped it. Throws {@link DamagedLine}.
   */
  readEntry(epoch: string, sequence: number, nearby = false): StoredEntry | undefined {
    const line = this.#readLine(sequence, nearby)
    if (!line) return undefined
    this.check(line.bytes, line.start, line.end, sequence)
    return entryOfLine(epoch, sequence, line.bytes, line.start, line.end)
  }

  /** Throws {@link DamagedLine} unless the bytes are the line of this sequence; `end` is past its newline. */
  check(bytes: Buffer, start: number, end: number, sequence: number): void {
    const fault = faultOfLine(bytes, start, end - 1, sequence)
    if (fault !== undefined) throw this.damage(sequence, fault)
  }

  damage(sequence: number, fault: string): DamagedLine {
    const place = this.hasGaps ? `sequence ${sequence}` : sequence - this.first + 1
    return new DamagedLine(`${this.path}:${place}`, fault)
  }

  /** The checksum that a line carries; whether it is right is not looked at. */
  readChecksum(sequence: number): string | undefined {
    const line = this.#readLine(sequence)
    return line && checksumOf(line.bytes, line.start)
  }

  close(): void {
    if (windowFd === this.#fd) windowFd = undefined
    closeSync(this.#fd)
  }

  #locate(sequence: number): FoundLine | undefined {
    const line = locateLine(this.#fd, this, sequence)
    if (!line && !this.hasGaps) throw this.damage(sequence, 'is no intact line')
    return line
  }

  #readLine(sequence: number, nearby = false): FoundLine | undefined {
    if (sequence < this.first || sequence >= this.next) return undefined
    if (!this.#starts) return this.#locate(sequence)
    const offset = this.#starts[sequence - this.first]!
    const length = this.offsetOf(sequence + 1) - offset
    if (nearby && length <= windowSize / 2) {
      if (windowFd !== this.#fd || offset < windowStart || offset + length > windowEnd)
        this.#moveWindow(offset)
      return { bytes: window, start: offset - windowStart, end: offset - windowStart + length, offset }
    }
    const bytes = length <= scratch.length ? scratch : Buffer.allocUnsafe(length)
    if (readSync(this.#fd, bytes, 0, length, offset) !== length)
      throw new DamagedLine(this.path, `ends before its sequence ${sequence}`)
    return { bytes, start: 0, end: length, offset }
  }

  /** What is durable never changes, so what was read around it may be used again. */
  #moveWindow(middle: number): void {
    windowFd = undefined
    windowStart = Math.max(0, middle - windowSize / 2)
    const length = Math.min(windowSize, this.size - windowStart)
    windowEnd = windowStart + readSync(this.#fd, window, 0, length, windowStart)
    windowFd = this.#fd
  }
}

/** The part of a segment that was read last for a scan: one for all, because scans are rare. */
const windowSize = 256 * 1024
const window = Buffer.allocUnsafe(windowSize)
let windowFd: number | undefined
let windowStart = 0
let windowEnd = 0

const scratch = Buffer.allocUnsafe(64 * 1024)

/** Opens a segment that the index knows. */
export function openSegment(path: string, row: SegmentRow, { hasGaps }: { hasGaps: boolean }): Segment {
  const segment = new Segment(path, row.first, { hasGaps })
  segment.next = row.next
  segment.count = row.count
  segment.size = row.size
  segment.firstAt = row.firstAt ?? undefined
  segment.lastAt = row.lastAt ?? undefined
  segment.latest = row.latest
  segment.latestResolved = row.resolved
  segment.seal()
  return segment
}

/** Of segments in order, the one that would hold a sequence, whether it does or not. */
export function segmentOf(segments: readonly Segment[], sequence: number): Segment | undefined {
  let low = 0
  let high = segments.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (segments[middle]!.first <= sequence) low = middle
    else high = middle - 1
  }
  return segments[low]
}
