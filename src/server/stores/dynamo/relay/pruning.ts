import { Fingerprints } from './fingerprints.ts'

/** Long after an entry its alert is in the index, where a walk meets it. In ms. */
const settledMs = 60_000

/**
 * Forgets alerts that are neither in the table nor new in the log: what a whole walk over the table has not
 * met, and what no entry has been about since well before the walk began.
 */
export class Pruning {
  readonly #settledMs: number
  #young = new Fingerprints()
  #older = new Fingerprints()
  #turnedAt = performance.now()
  #seen: Fingerprints | undefined

  constructor(afterMs = settledMs) {
    this.#settledMs = afterMs
  }

  /** An alert of a new entry. */
  take(key: string, digest: string): void {
    this.#young.set(key, digest)
  }

  /** A walk begins. It forgets nothing when the one before has only just begun. */
  begin(): void {
    const isSettled = performance.now() - this.#turnedAt >= this.#settledMs
    this.#seen = isSettled ? new Fingerprints() : undefined
    if (!isSettled) return
    this.#older = this.#young
    this.#young = new Fingerprints()
    this.#turnedAt = performance.now()
  }

  /** An alert that the walk has met, by the key of its fingerprint. */
  see(key: string): void {
    this.#seen?.set(key, key)
  }

  /** The walk has been over everything: what is left of what was known. */
  end(known: Fingerprints): Fingerprints {
    if (!this.#seen) return known
    const left = new Fingerprints()
    for (const keys of [this.#seen, this.#older, this.#young])
      for (const key of keys.keys()) {
        const digest = known.get(key)
        if (digest !== undefined) left.set(key, digest)
      }
    this.#seen = undefined
    return left
  }
}
