/** What a store told of itself, by name, since the start: what `/metrics` shows of it. */
export class StoreEvents {
  readonly #counts = new Map<string, number>()

  /** Counts one event, or `by` of them. */
  readonly count = (event: string, by = 1): void => {
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + by)
  }

  entries(): Iterable<[string, number]> {
    return this.#counts
  }
}
