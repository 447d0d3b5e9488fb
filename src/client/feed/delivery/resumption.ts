import type { FeedEvent } from '../feed-event.ts'

type Resumed = Extract<FeedEvent, { type: 'resumed' }>

/** What came of a cut, gathered until the connection after it has caught up. */
export class Resumption {
  /** When the link was cut; undefined while nothing is to be told about a cut. */
  downAt: number | undefined
  replayed = 0
  recovered = 0
  /** Why the server could not go on; the last reason. */
  gap: string | undefined
  gaps = 0
  /** Why REST could not give everything. */
  fault: string | undefined
  /** Of these gaps, those that REST gave everything for. */
  #healed = 0
  /** Events that the server says came in the gaps, and those of them that came after all. */
  #missed: number | undefined = 0
  #found = 0

  constructor(downAt: number | undefined) {
    this.downAt = downAt
  }

  get isOpen(): boolean {
    return this.downAt !== undefined || this.gap !== undefined
  }

  /** `missed` is undefined where the server doesn't know how many events came meanwhile. */
  addGap(reason: string, missed: number | undefined): void {
    this.gap = reason
    this.gaps++
    if (missed !== undefined && this.#missed !== undefined) this.#missed += missed
    else this.#missed = undefined
  }

  /** REST gave all that came since the gap. */
  heal(): void {
    this.#healed++
  }

  /** An alert that was unknown came in a gap's snapshot, or over REST. */
  find(): void {
    this.#found++
  }

  /** How many of its gaps are healed without a rest. */
  get healed(): number {
    return this.#unrecovered() === 0 ? this.gaps : 0
  }

  event(upAt: number): Resumed {
    const { downAt = upAt, replayed, gap, recovered, fault } = this
    const resumed = { type: 'resumed', downAt, upAt, replayed, gap } as const
    return gap === undefined ? resumed : { ...resumed, recovered, unrecovered: this.#unrecovered(), fault }
  }

  #unrecovered(): number | undefined {
    if (this.#healed < this.gaps) return undefined
    return this.#missed === undefined ? 0 : Math.max(0, this.#missed - this.#found)
  }
}
