/** The last `size` keys that were added. To ask a set for its oldest key would cost more with every key forgotten. */
export class RecentSet {
  readonly #size: number
  readonly #keys = new Set<string>()
  /** In the order they came, in a ring. */
  readonly #order: string[] = []
  #next = 0

  constructor(size: number) {
    this.#size = size
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  add(key: string): void {
    if (this.#keys.has(key)) return
    const oldest = this.#order[this.#next]
    if (oldest !== undefined) this.#keys.delete(oldest)
    this.#keys.add(key)
    this.#order[this.#next] = key
    this.#next = (this.#next + 1) % this.#size
  }
}
