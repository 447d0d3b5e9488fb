/** What a store told of itself, by name, since the start: what `/metrics` shows of it. */
export class StoreEvents {
  readonly #counts = new Map<string, number>()
  readonly #spent = new Map<string, number>()

  /** Counts one event, or `by` of them. */
  readonly count = (event: string, by = 1): void => {
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + by)
  }

  /** Adds what an operation of a database consumed. */
  readonly spend = (operation: string, units: number): void => {
    this.#spent.set(operation, (this.#spent.get(operation) ?? 0) + units)
  }

  /** By operation. */
  spent(): Iterable<[string, number]> {
    return this.#spent
  }

  entries(): Iterable<[string, number]> {
    return this.#counts
  }
}
