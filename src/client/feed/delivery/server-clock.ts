import type { Insight } from '../../../protocol/insight/insight.ts'
import { parseTimestamp } from '../../../protocol/time/timestamp.ts'
import type { FeedRecord } from '../feed-state.ts'

/** A beat that was held up on the way makes the server's clock look late: of so many the fastest one is right. */
const maxOffsets = 8

/** What time it is at the server, as far as its beats told. */
export class ServerClock {
  readonly #record: FeedRecord
  readonly #now: () => number
  readonly #offsets: number[] = []

  constructor(record: FeedRecord, now: () => number) {
    this.#record = record
    this.#now = now
  }

  /** The server's time that is `at` here. */
  at(at: number): number {
    return at + (this.#record.state.skewMs ?? 0)
  }

  now(): number {
    return this.at(this.#now())
  }

  /** A beat came that was sent at this time of the server's. */
  beat(time: number): void {
    this.#offsets.push(time - this.#now())
    if (this.#offsets.length > maxOffsets) this.#offsets.shift()
    this.#record.note({ skewMs: Math.max(...this.#offsets) })
  }
}

/** An alert that somebody acknowledged or resolved keeps its timestamp, however old: it comes from then. */
export function changeTime({ timestamp, acknowledged_at, resolved_at }: Insight): number | undefined {
  const times = [timestamp, acknowledged_at, resolved_at].flatMap((time) => parseTimestamp(time) ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}
