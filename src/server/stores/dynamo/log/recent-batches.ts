import type { Batch } from './batch.ts'

const maxEntries = 4096

/** The last batches of the log, in memory and in order. */
export class RecentBatches {
  #batches: Batch[] = []
  #entries = 0

  get all(): readonly Batch[] {
    return this.#batches
  }

  push(batch: Batch): void {
    this.#batches.push(batch)
    this.#entries += batch.versions.length
    while (this.#entries > maxEntries && this.#batches.length > 1)
      this.#entries -= this.#batches.shift()?.versions.length ?? 0
  }

  /** The batches that reach past a sequence number; undefined when some no longer are here. */
  after(sequence: number): Batch[] | undefined {
    const [oldest] = this.#batches
    if (!oldest || oldest.first > sequence + 1) return undefined
    return this.#batches.filter((batch) => batch.last > sequence)
  }

  /** Where a group of versions came to be, if that is after a sequence number. */
  find(nonce: string, after: number): { readonly batch: Batch; readonly base: number } | undefined {
    for (const batch of this.#batches) {
      if (batch.last <= after) continue
      let base = batch.first - 1
      for (const part of batch.parts) {
        if (part.nonce === nonce) return { batch, base }
        base += part.count
      }
    }
    return undefined
  }
}
