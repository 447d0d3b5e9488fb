import type { EntryBatch } from '../../store.ts'

/** Kept up to so many entries and bytes. */
const maxEntries = 128
const maxBytes = 256 * 1024

/** `size`: bytes on disk. */
interface RecentBatch extends EntryBatch {
  readonly size: number
}

/** Batches that became durable last, for readers that are nearly there. */
export class RecentEntries {
  #batches: RecentBatch[] = []
  #count = 0
  #size = 0

  push(batch: RecentBatch): void {
    this.#batches.push(batch)
    this.#count += batch.entries.length
    this.#size += batch.size
    while (this.#batches.length > 1 && (this.#count > maxEntries || this.#size > maxBytes)) {
      const { entries, size } = this.#batches.shift()!
      this.#count -= entries.length
      this.#size -= size
    }
  }

  /** The batch that begins right after a sequence, when it is still in memory. */
  after(sequence: number): EntryBatch | undefined {
    return this.#batches.findLast((batch) => batch.next.sequence - batch.entries.length === sequence)
  }
}
