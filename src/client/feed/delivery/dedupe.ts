import { contentDigest } from './content-digest.ts'
import { RecentMap } from './recent-map.ts'
import { RecentSet } from './recent-set.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'

/** How many events and alerts are remembered; past it the oldest are forgotten. */
const remembered = 10_000

/**
 * Recognises what was delivered already. With ids, a repeat has the id and the content of an
 * earlier event: the same content under a new id is a new event (a filter may have hidden what was
 * between). Without ids the content alone decides. A snapshot after a gap may show again what is
 * known: there an alert counts as new only if its content differs from what was delivered last.
 */
export class Dedupe {
  readonly #seen = new RecentSet(remembered)
  readonly #latest = new RecentMap<{ readonly content: string; readonly timestamp: unknown }>(remembered)
  readonly #expected = new RecentMap<true>(remembered)

  /** The timestamp of the alert's version that was delivered last. */
  timestampOf(alertId: string): unknown {
    return this.#latest.get(alertId)?.timestamp
  }

  has(alertId: string): boolean {
    return this.#latest.has(alertId)
  }

  /** The stream may bring the version that was delivered last once more, whatever its id: that is then a repeat. */
  expectAgain(alertId: string): void {
    this.#expected.set(alertId, true)
  }

  /** Remembers the insight; true when it had been delivered before. */
  isRepeat(insight: Insight, id: string | undefined, snapshot: boolean): boolean {
    const content = contentDigest(insight)
    const key = `${id ?? ''}\n${content}`
    const byContent = this.#expected.delete(insight.alert_id) || snapshot
    const repeat =
      this.#seen.has(key) || (byContent && this.#latest.get(insight.alert_id)?.content === content)
    this.#seen.add(key)
    if (!repeat) this.#latest.set(insight.alert_id, { content, timestamp: insight.timestamp })
    return repeat
  }
}
