const seconds = 60

/** Counts events over the last minute. Constant in time and memory, however many there are. */
export class Rate {
  readonly #counts = Array.from({ length: seconds }, () => 0)
  #latest = 0

  add(now: number, count = 1): void {
    this.#advance(now)
    const at = this.#latest % seconds
    this.#counts[at] = (this.#counts[at] ?? 0) + count
  }

  perMinute(now: number): number {
    this.#advance(now)
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  #advance(now: number): void {
    const second = Math.floor(now / 1000)
    if (second <= this.#latest) return
    const passed = Math.min(seconds, second - this.#latest)
    for (let step = 0; step < passed; step++) this.#counts[(second - step) % seconds] = 0
    this.#latest = second
  }
}
