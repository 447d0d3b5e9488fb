import { closeSync, openSync, readSync } from 'node:fs'
import type { StoredEntry } from '../../entry.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import { arrivalOf, checksumOf, entryOfLine, faultOfLine, insightStart, lineEnd } from '../format/line.ts'

/** `7f3a9c01d2e4-0000000000000001.ndjson`: the epoch, and the first sequence in the file. */
export const segmentName = (epoch: string, first: number) =>
  `${epoch}-${String(first).padStart(16, '0')}.ndjson`

/** The epoch and first sequence that a file name tells; undefined when it is no segment's. */
export function parseSegmentName(name: string): { epoch: string; first: number } | undefined {
  const [, epoch, digits] = /^([0-9a-zA-Z_]{1,64})-(\d{16})\.ndjson$/.exec(name) ?? []
  return epoch === undefined ? undefined : { epoch, first: Number(digits) }
}

/**
 * One file of the log: what is in it and where. Eight bytes of memory a line. Its sequences have no
 * gaps, unless it holds what retention has left of older segments.
 */
export class Segment {
  readonly path: string
  /** The first line's sequence; of an empty file, the one to come. */
  readonly first: number
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
  #starts = new Uint32Array(256)
  #slots = new Int32Array(256)
  /** The lines' sequences, where they have gaps. */
  readonly #sequences: number[] | undefined
  readonly #fd: number

  /** The file must be there. */
  constructor(path: string, first: number, { hasGaps = false } = {}) {
    this.path = path
    this.first = first
    this.#sequences = hasGaps ? [] : undefined
    this.#fd = openSync(path, 'r')
  }

  get hasGaps(): boolean {
    return this.#sequences !== undefined
  }

  /** The sequence that follows the last line's. */
  get next(): number {
    return this.count === 0 ? this.first : this.sequenceAt(this.count - 1) + 1
  }

  /** Notes a line of `length` bytes, its newline included, and whose alert it is about. */
  add(length: number, slot: number, sequence: number): void {
    if (this.count === this.#slots.length) this.#grow()
    this.#starts[this.count] = this.size
    this.#slots[this.count] = slot
    this.#sequences?.push(sequence)
    this.count++
    this.size += length
  }

  /** The sequence of the line with this index, which counts from 0. */
  sequenceAt(index: number): number {
    return this.#sequences?.[index] ?? this.first + index
  }

  /** Counts a line that is its alert's latest version from now on (`by` 1), or was (-1). */
  countLatest(isResolved: boolean, by: 1 | -1): void {
    this.latest += by
    if (isResolved) this.latestResolved += by
  }

  has(sequence: number): boolean {
    const index = this.#indexOf(sequence)
    return index >= 0 && index < this.count && this.sequenceAt(index) === sequence
  }

  slotAt(index: number): number {
    return this.#slots[index]!
  }

  /** Where a line begins; of the sequence that follows the last one, where the file ends. */
  startOf(sequence: number): number {
    return this.#startAt(this.#indexOf(sequence))
  }

  #startAt(index: number): number {
    return index < this.count ? this.#starts[index]! : this.size
  }

  /** The index of the first line that does not come before a sequence. */
  #indexOf(sequence: number): number {
    if (this.#sequences === undefined) return sequence - this.first
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#sequences[middle]! < sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * A line's entry, read back and checked; good until the next read. Positioned reads of what was just written cost
   * microseconds. `nearby`: others beside it will be asked for next. Throws {@link DamagedLine}.
   */
  readEntry(epoch: string, sequence: number, nearby = false): StoredEntry {
    const start = this.startOf(sequence)
    const length = this.startOf(sequence + 1) - start
    const bytes = nearby && length <= windowSize / 2 ? window : this.#read(sequence, start, length)
    let at = 0
    if (bytes === window) {
      if (windowFd !== this.#fd || start < windowStart || start + length > windowEnd) this.#moveWindow(start)
      at = start - windowStart
    }
    this.check(bytes, at, at + length, sequence)
    return entryOfLine(epoch, sequence, bytes, at, at + length)
  }

  /** Throws {@link DamagedLine} unless the bytes are the line of this sequence; `end` is past its newline. */
  check(bytes: Buffer, start: number, end: number, sequence: number): void {
    const fault = faultOfLine(bytes, start, end - 1, sequence)
    if (fault !== undefined) throw new DamagedLine(`${this.path}:${this.#indexOf(sequence) + 1}`, fault)
  }

  /** The checksum that a line carries; whether it is right is not looked at. */
  readChecksum(sequence: number): string {
    return checksumOf(this.#readLine(sequence), 0)
  }

  /** Reads back when its first and last line arrived. */
  noteArrivals(): void {
    if (this.count === 0) return
    const arrival = (sequence: number) => Date.parse(arrivalOf(this.#readLine(sequence), 0, sequence))
    this.firstAt = arrival(this.sequenceAt(0))
    this.lastAt = arrival(this.sequenceAt(this.count - 1))
  }

  /** What a line was made of, to be written again. Throws {@link DamagedLine}. */
  readText(sequence: number): { readonly at: string; readonly json: string } {
    const line = this.#readLine(sequence)
    const length = this.startOf(sequence + 1) - this.startOf(sequence)
    this.check(line, 0, length, sequence)
    return {
      at: arrivalOf(line, 0, sequence),
      json: line.toString('utf8', insightStart(line, 0, sequence), length - lineEnd.length),
    }
  }

  /** The last sequence of a run of lines from `sequence` on that takes at most so many bytes; at least one line. */
  lastWithin(sequence: number, bytes: number): number {
    const bound = this.startOf(sequence) + bytes
    let low = sequence
    let high = this.next - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.startOf(middle + 1) <= bound) low = middle
      else high = middle - 1
    }
    return low
  }

  close(): void {
    if (windowFd === this.#fd) windowFd = undefined
    closeSync(this.#fd)
  }

  /** What is durable never changes, so what was read around it may be used again. */
  #moveWindow(middle: number): void {
    windowFd = undefined
    windowStart = Math.max(0, middle - windowSize / 2)
    const length = Math.min(windowSize, this.size - windowStart)
    windowEnd = windowStart + readSync(this.#fd, window, 0, length, windowStart)
    windowFd = this.#fd
  }

  #readLine(sequence: number): Buffer {
    const start = this.startOf(sequence)
    return this.#read(sequence, start, this.startOf(sequence + 1) - start)
  }

  #read(sequence: number, start: number, length: number): Buffer {
    const bytes = length <= scratch.length ? scratch : Buffer.allocUnsafe(length)
    const got = readSync(this.#fd, bytes, 0, length, start)
    if (got !== length) throw new DamagedLine(this.path, `ends before its sequence ${sequence}`)
    return bytes
  }

  #grow(): void {
    const starts = new Uint32Array(this.#starts.length * 2)
    starts.set(this.#starts)
    this.#starts = starts
    const slots = new Int32Array(this.#slots.length * 2)
    slots.set(this.#slots)
    this.#slots = slots
  }
}

/** The part of a segment that was read last for a scan: one for all, because scans are rare. */
const windowSize = 256 * 1024
const window = Buffer.allocUnsafe(windowSize)
let windowFd: number | undefined
let windowStart = 0
let windowEnd = 0

const scratch = Buffer.allocUnsafe(64 * 1024)

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
