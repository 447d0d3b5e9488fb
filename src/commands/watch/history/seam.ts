import { contentDigest } from '../../../client/feed/delivery/content-digest.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'

/** How many alerts of the history are remembered; the oldest are forgotten first. */
const maxRemembered = 200_000

/**
 * Joins a history read over REST with the stream, which goes on from before it was read: what changed while it was
 * read is in both. The first event of an alert that repeats its version of the history is left out.
 */
export class Seam {
  readonly #digests = new Map<string, string>()

  remember(insight: Insight): void {
    this.#digests.delete(insight.alert_id)
    this.#digests.set(insight.alert_id, contentDigest(insight))
    if (this.#digests.size <= maxRemembered) return
    for (const oldest of this.#digests.keys()) {
      this.#digests.delete(oldest)
      return
    }
  }

  isRepeat(insight: Insight): boolean {
    const known = this.#digests.get(insight.alert_id)
    this.#digests.delete(insight.alert_id)
    return known !== undefined && known === contentDigest(insight)
  }

  forget(): void {
    this.#digests.clear()
  }
}
