import { compareKeys, type Latest } from './latest.ts'
import type { Segment } from './segment.ts'

/** `below` is the alert's latest version in older segments. */
export interface LayerVersion extends Latest {
  below: Latest | undefined
}

/** What a segment says that is not in the index yet. */
export class Layer {
  readonly segment: Segment
  readonly #latest = new Map<string, LayerVersion>()
  /** By (time, id), oldest first; superseded ones may still be in it. */
  #sorted: LayerVersion[] = []
  #isSorted = true

  constructor(segment: Segment) {
    this.segment = segment
  }

  get(alertId: string): LayerVersion | undefined {
    return this.#latest.get(alertId)
  }

  has(alertId: string): boolean {
    return this.#latest.has(alertId)
  }

  isLatest({ alertId, sequence }: Latest): boolean {
    return this.#latest.get(alertId)?.sequence === sequence
  }

  put(version: LayerVersion): void {
    this.#latest.set(version.alertId, version)
    const last = this.#sorted.at(-1)
    if (last && compareKeys(last, version) > 0) this.#isSorted = false
    this.#sorted.push(version)
  }

  versions(): Iterable<LayerVersion> {
    return this.#latest.values()
  }

  /** By (time, id), newest first, from the first that stands before the position. */
  *below(time: number, alertId: string): Generator<LayerVersion> {
    const sorted = this.#inOrder()
    const position = { time, alertId }
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareKeys(sorted[middle]!, position) < 0) low = middle + 1
      else high = middle
    }
    for (let at = low - 1; at >= 0; at--) if (this.isLatest(sorted[at]!)) yield sorted[at]!
  }

  /** In the order of the log, newest first. */
  *newest(): Generator<LayerVersion> {
    const all = [...this.#latest.values()].sort((a, b) => b.sequence - a.sequence)
    for (const version of all) if (this.isLatest(version)) yield version
  }

  #inOrder(): readonly LayerVersion[] {
    if (!this.#isSorted || this.#sorted.length > this.#latest.size * 2 + 1000) {
      this.#sorted = [...this.#latest.values()].sort(compareKeys)
      this.#isSorted = true
    }
    return this.#sorted
  }
}
