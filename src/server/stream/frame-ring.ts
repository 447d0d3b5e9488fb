import type { Filter } from '../../protocol/filter/filter.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { type Block, insightOf } from './block.ts'

/** What lies after a position: `count` frames, in pieces that are good until the next push; and the position that they pass. */
export interface Slice {
  readonly pieces: readonly Buffer[]
  readonly count: number
  readonly next: number
}

/** Bounds the entries that a filter scans in one turn of the event loop. */
const maxScannedEntries = 4096

/**
 * The newest frames of the log, already encoded, so that a resume costs a copy and no read. One piece of memory that
 * is written round and round: what goes through it would otherwise live just long enough to become old, and
 * pile up until the whole heap is collected.
 */
export class FrameRing {
  /** Positions from here on can be continued without a gap. */
  floor: number
  /** The last sequence pushed. */
  #last: number
  readonly #memory: Buffer
  /** By sequence: where its frame ends, counted in bytes from the first push on. */
  readonly #ends: Float64Array
  /** What a filter has looked at: the next reader that comes back with one looks at the same. */
  readonly #parsed = new Map<number, Insight>()

  constructor(position: number, capacity: { readonly frames: number; readonly bytes: number }) {
    this.floor = position
    this.#last = position
    this.#memory = Buffer.allocUnsafeSlow(capacity.bytes)
    this.#ends = new Float64Array(capacity.frames + 1)
  }

  push({ chunk: { plain }, ends, first, last }: Block): void {
    const base = this.#endOf(this.#last)
    for (let index = 0; index < ends.length; index++)
      this.#ends[this.#slot(first + index)] = base + ends[index]!
    this.#last = last
    const oldest = base + plain.length - this.#memory.length
    let floor = Math.max(this.floor, last - (this.#ends.length - 1))
    while (this.#endOf(floor) < oldest) floor++
    if (this.#parsed.size > 0)
      for (let passed = this.floor; passed <= floor; passed++) this.#parsed.delete(passed)
    this.floor = floor
    this.#store(plain, base, Math.max(0, this.#endOf(floor) - base))
  }

  /** Up to about `maxBytes` of matching frames after `position`, which is not below `floor`. */
  after(position: number, filter: Filter | undefined, maxBytes: number): Slice {
    if (filter) return this.#matching(position, filter, maxBytes)
    const start = this.#endOf(position)
    let next = position
    while (next < this.#last && this.#endOf(next) - start < maxBytes) next++
    return { pieces: this.#between(start, this.#endOf(next)), count: next - position, next }
  }

  #matching(position: number, filter: Filter, maxBytes: number): Slice {
    const pieces: Buffer[] = []
    let size = 0
    let count = 0
    let next = position
    while (next < this.#last && size < maxBytes && next - position < maxScannedEntries) {
      const start = this.#endOf(next++)
      const end = this.#endOf(next)
      if (!filter.matches(this.#insight(next, start, end))) continue
      pieces.push(...this.#between(start, end))
      size += end - start
      count++
    }
    return { pieces, count, next }
  }

  #insight(sequence: number, start: number, end: number): Insight {
    let insight = this.#parsed.get(sequence)
    if (!insight) {
      const [whole = Buffer.alloc(0), rest] = this.#between(start, end)
      this.#parsed.set(sequence, (insight = insightOf(rest ? Buffer.concat([whole, rest]) : whole)))
    }
    return insight
  }

  /** Copies `plain` from `from` on; its first byte is the one that comes after `base`. */
  #store(plain: Buffer, base: number, from: number): void {
    for (const piece of this.#between(base + from, base + plain.length)) {
      plain.copy(piece, 0, from, from + piece.length)
      from += piece.length
    }
  }

  /** The memory of a range of bytes, in two pieces where it goes round. */
  #between(start: number, end: number): Buffer[] {
    if (start === end) return []
    const size = this.#memory.length
    const at = start % size
    const length = end - start
    if (at + length <= size) return [this.#memory.subarray(at, at + length)]
    return [this.#memory.subarray(at), this.#memory.subarray(0, at + length - size)]
  }

  #slot(sequence: number): number {
    return sequence % this.#ends.length
  }

  #endOf(sequence: number): number {
    return this.#ends[this.#slot(sequence)]!
  }
}
