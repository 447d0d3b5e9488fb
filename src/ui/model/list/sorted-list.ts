/** Few enough that moving a chunk's tail is cheap, many enough that the list of chunks stays short. */
const maxChunk = 512

/**
 * Items in order, with ranks: insertion, removal, `at` and `rankOf` cost O(log n) comparisons and
 * one short move. `compare` must tell any two items apart, and must not change for an item inside.
 */
export class SortedList<T> implements Iterable<T> {
  readonly #compare: (a: T, b: T) => number
  #chunks: T[][] = []
  #size = 0

  constructor(compare: (a: T, b: T) => number, items: readonly T[] = []) {
    this.#compare = compare
    const sorted = items.toSorted(compare)
    for (let at = 0; at < sorted.length; at += maxChunk / 2)
      this.#chunks.push(sorted.slice(at, at + maxChunk / 2))
    this.#size = sorted.length
  }

  get size(): number {
    return this.#size
  }

  add(item: T): void {
    this.#size++
    if (this.#chunks.length === 0) {
      this.#chunks.push([item])
      return
    }
    const index = Math.min(this.#chunkOf(item), this.#chunks.length - 1)
    const chunk = this.#chunks[index]!
    chunk.splice(this.#within(chunk, item), 0, item)
    if (chunk.length > maxChunk) this.#chunks.splice(index + 1, 0, chunk.splice(maxChunk / 2))
  }

  /** False when the item is not inside. */
  delete(item: T): boolean {
    const index = this.#chunkOf(item)
    const chunk = this.#chunks[index]
    if (!chunk) return false
    const at = this.#within(chunk, item)
    if (at === chunk.length || this.#compare(chunk[at]!, item) !== 0) return false
    chunk.splice(at, 1)
    if (chunk.length === 0) this.#chunks.splice(index, 1)
    this.#size--
    return true
  }

  at(rank: number): T | undefined {
    let left = rank
    if (left < 0) return undefined
    for (const chunk of this.#chunks) {
      if (left < chunk.length) return chunk[left]
      left -= chunk.length
    }
    return undefined
  }

  /** How many items come before this one, whether or not it is inside. */
  rankOf(item: T): number {
    const index = this.#chunkOf(item)
    let rank = 0
    for (let at = 0; at < index; at++) rank += this.#chunks[at]!.length
    const chunk = this.#chunks[index]
    return chunk ? rank + this.#within(chunk, item) : rank
  }

  slice(start: number, count: number): T[] {
    const found: T[] = []
    let skip = Math.max(0, start)
    for (const chunk of this.#chunks) {
      if (found.length >= count) break
      if (skip < chunk.length) found.push(...chunk.slice(skip, skip + count - found.length))
      skip = Math.max(0, skip - chunk.length)
    }
    return found
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) yield* chunk
  }

  /** The first chunk whose last item is not before this one; past the end when there is none. */
  #chunkOf(item: T): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(this.#chunks[middle]!.at(-1)!, item) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #within(chunk: readonly T[], item: T): number {
    let low = 0
    let high = chunk.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(chunk[middle]!, item) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
