import type { FeedRecord } from '../feed-state.ts'
import type { Delivery } from './delivery.ts'
import type { StreamEvent } from '../stream/event-stream.ts'
import type { SkippedEvent } from '../stream/oversized-events.ts'

type Act = () => Promise<void> | undefined | void

/** Hands everything to a delivery in the order it came, and holds it while a gap is being healed. */
export class HeldDelivery {
  readonly #delivery: Delivery
  readonly #record: FeedRecord
  #waiting: Act[] = []
  #isHealing = false

  constructor(delivery: Delivery, record: FeedRecord) {
    this.#delivery = delivery
    this.#record = record
  }

  opened(sentPosition: boolean): void {
    const isVisit = this.#record.state.status === 'live'
    this.#run(() => this.#delivery.opened(sentPosition, isVisit))
  }

  lost(at: number): void {
    this.#run(() => this.#delivery.lost(at))
  }

  handle(event: StreamEvent): void {
    this.#run(() => this.#delivery.handle(event))
  }

  passed(id: string): void {
    this.#run(() => this.#delivery.passed(id))
  }

  skipped(event: SkippedEvent): void {
    this.#run(() => this.#delivery.skipped(event))
  }

  caughtUp(): void {
    this.#run(() => this.#delivery.caughtUp())
  }

  /** What waits is not delivered any more. */
  close(): void {
    this.#isHealing = true
    this.#waiting = []
  }

  #run(act: Act): void {
    if (this.#isHealing || this.#waiting.length > 0) this.#waiting.push(act)
    else this.#do(act)
  }

  #do(act: Act): void {
    const healing = act()
    if (!healing) return
    this.#isHealing = true
    void healing.then(() => this.#goOn())
  }

  #goOn(): void {
    this.#isHealing = false
    while (!this.#isHealing && this.#waiting.length > 0) this.#do(this.#waiting.shift()!)
  }
}
