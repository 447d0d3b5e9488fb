import type { Insight } from '../../../protocol/insight/insight.ts'
import type { CatchUp, FeedRecord } from '../feed-state.ts'
import { changeTime, type ServerClock } from './server-clock.ts'

/** Records how far the catching up of a connection has come. */
export class Progress {
  readonly #record: FeedRecord
  readonly #clock: ServerClock

  constructor(record: FeedRecord, clock: ServerClock) {
    this.#record = record
    this.#clock = clock
  }

  begin(phase: CatchUp['phase']): void {
    this.#record.note({ catchUp: { phase, received: 0, reached: undefined } })
  }

  /** A source whose clock is ahead says nothing about how far. */
  advance(insight: Insight): void {
    const { catchUp } = this.#record.state
    if (catchUp === undefined) return
    const time = changeTime(insight)
    const isPast = time !== undefined && time <= this.#clock.now()
    const reached = isPast ? Math.max(time, catchUp.reached ?? 0) : catchUp.reached
    this.#record.note({ catchUp: { ...catchUp, received: catchUp.received + 1, reached } })
  }
}
