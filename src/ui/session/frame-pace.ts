/** At most ten frames a second while only events come. */
const minInterval = 100
/** And at least one in this time, however slow the machine. */
const maxInterval = 500
/** Drawing takes at most one part of so many of the time. */
const restPerCost = 16

/** How long to wait between frames that nobody asked for: the longer, the more the last ones cost. In milliseconds. */
export class FramePace {
  #cost = 0

  get interval(): number {
    return Math.min(maxInterval, Math.max(minInterval, this.#cost * restPerCost))
  }

  /** A frame took so long. */
  note(cost: number): void {
    this.#cost += (cost - this.#cost) / 4
  }
}
