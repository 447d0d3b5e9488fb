import type { Insight } from '../../../protocol/insight/insight.ts'
import { parseTimestamp } from '../../../protocol/time/timestamp.ts'

/** An alert may carry a time so long before its arrival, in milliseconds, and still be found after a gap. */
const maxLateness = 300_000

/** Where to look for what a gap hid; milliseconds since the epoch, by the clock of the alerts. */
export interface MissedRange {
  /** Read from here on: alerts may come late. */
  readonly from: number
  /** What is not older than this was missed, unless it is known. */
  readonly since: number
}

/** How far a feed has come, by the times of its alerts. */
export class LastSeen {
  /** Undefined before the first alert. */
  newest: number | undefined
  #lateness = 0
  #startedAt: number | undefined

  constructor(newest: number | undefined) {
    this.newest = newest
  }

  /** A connection begins at this time of the server's clock. */
  started(at: number): void {
    this.#startedAt ??= at
  }

  /** An alert arrived; one from a clock that is ahead says no more than that it arrived. */
  see({ timestamp }: Insight, arrivedAt: number): void {
    const time = parseTimestamp(timestamp)
    if (time !== undefined) this.newest = Math.max(this.newest ?? -Infinity, Math.min(time, arrivedAt))
  }

  /** A live alert came so many milliseconds after its own time. */
  late(ms: number): void {
    this.#lateness = Math.min(Math.max(this.#lateness, ms), maxLateness)
  }

  /** What to read once the stream can't go on from `newest`, as it was before the gap. */
  missed(newest: number | undefined, downAt: number): MissedRange {
    const seen = Math.min(newest ?? this.#startedAt ?? downAt, downAt)
    return {
      from: seen - this.#lateness,
      since: Math.min(seen, Math.max(seen - this.#lateness, this.#startedAt ?? seen)),
    }
  }
}
