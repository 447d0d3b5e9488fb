const blockSize = 512

/**
 * Slots in ascending order, in blocks: inserting moves at most one block, and most inserts go to
 * the very end. A probe tells where its own place is: below 0 for a slot that comes before it.
 */
export class SortedSlots {
  #blocks: number[][] = []
  readonly #compare: (slot: number, other: number) => number

  constructor(compare: (slot: number, other: number) => number) {
    this.#compare = compare
  }

  /** Replaces everything. Much cheaper than single inserts when there are many. */
  build(slots: number[]): void {
    slots.sort(this.#compare)
    this.#blocks = []
    for (let at = 0; at < slots.length; at += blockSize) this.#blocks.push(slots.slice(at, at + blockSize))
  }

  insert(slot: number): void {
    const last = this.#blocks.at(-1)
    if (last === undefined) {
      this.#blocks.push([slot])
      return
    }
    if (this.#compare(last.at(-1)!, slot) < 0) {
      if (last.length < blockSize) last.push(slot)
      else this.#blocks.push([slot])
      return
    }
    const probe = (other: number) => this.#compare(other, slot)
    const index = this.#blockOf(probe)
    const block = this.#blocks[index]!
    block.splice(lowerBound(block, probe), 0, slot)
    if (block.length > blockSize * 2) this.#blocks.splice(index + 1, 0, block.splice(blockSize))
  }

  /** The slot must be there, and its key still the one it was inserted with. */
  remove(slot: number): void {
    const probe = (other: number) => this.#compare(other, slot)
    const index = this.#blockOf(probe)
    const block = this.#blocks[index]!
    block.splice(lowerBound(block, probe), 1)
    if (block.length === 0) this.#blocks.splice(index, 1)
  }

  /** Up to `count` slots that come before the probe's place, the nearest first; all of them without a probe. */
  below(probe: ((slot: number) => number) | undefined, count: number): number[] {
    const found: number[] = []
    let index = probe ? this.#blockOf(probe) : this.#blocks.length - 1
    let block = this.#blocks[index]
    if (block === undefined) return found
    let at = probe ? lowerBound(block, probe) : block.length
    while (found.length < count) {
      if (at === 0) {
        block = this.#blocks[--index]
        if (block === undefined) break
        at = block.length
      }
      found.push(block[--at]!)
    }
    return found
  }

  /** The first block whose last slot is not before the place; the last block when there is none. */
  #blockOf(probe: (slot: number) => number): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high) >>> 1
      if (probe(this.#blocks[middle]!.at(-1)!) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The first position whose slot is not before the place. */
function lowerBound(block: readonly number[], probe: (slot: number) => number): number {
  let low = 0
  let high = block.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (probe(block[middle]!) < 0) low = middle + 1
    else high = middle
  }
  return low
}
