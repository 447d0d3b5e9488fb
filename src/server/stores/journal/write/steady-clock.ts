/** A clock that is off by more than this has jumped, in milliseconds. */
const toleranceMs = 60_000
/** A jump is believed once the clock has stood by it for so long, in milliseconds. */
const graceMs = 3_600_000

interface SteadyClockOptions {
  /** The clock, in milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds that have passed, whatever the clock says. */
  readonly uptime: () => number
  /** The latest time that is known to have been. */
  readonly last: number | undefined
  /** Told the last time that was believed when the clock has jumped, and undefined when that is over. */
  readonly onDoubt: (time: number | undefined) => void
}

/**
 * The time by which retention counts ages. A clock that jumps ahead, for a moment or by mistake, must
 * not make everything old: until it has stood by the jump for an hour, the time goes on as if it had not
 * jumped. The time for which nothing was written before the start looks the same, and is waited for likewise.
 */
export class SteadyClock {
  readonly #options: SteadyClockOptions
  /** Time less uptime, as it is believed. */
  #base: number
  /** Uptime at which the clock was first seen to be ahead. */
  #aheadSince: number | undefined

  constructor(options: SteadyClockOptions) {
    this.#options = options
    this.#base = (options.last ?? options.now()) - options.uptime()
  }

  now(): number {
    const uptime = this.#options.uptime()
    const base = this.#options.now() - uptime
    if (base - this.#base > toleranceMs) {
      if (this.#aheadSince === undefined) {
        this.#aheadSince = uptime
        this.#options.onDoubt(this.#base + uptime)
      }
      if (uptime - this.#aheadSince < graceMs) return this.#base + uptime
    }
    if (this.#aheadSince !== undefined) this.#options.onDoubt(undefined)
    this.#aheadSince = undefined
    this.#base = base
    return base + uptime
  }
}
