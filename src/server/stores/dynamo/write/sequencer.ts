import type { Insight } from '../../../../protocol/insight/insight.ts'
import { fieldText } from '../../../../protocol/insight/unreadable.ts'

interface Held {
  readonly insight: Insight
  readonly seenAt: number
}

/**
 * Puts insights that come in any order into the order of (timestamp, alert_id), as far as holding
 * each back for a while can. One that comes after a newer one was let go is late: it goes out all
 * the same, and is counted.
 */
export class Sequencer {
  readonly #holdBack: number
  readonly #held = new Map<string, Held>()
  #newest: Insight | undefined
  late = 0

  /** In ms. */
  constructor(holdBack: number) {
    this.#holdBack = holdBack
  }

  /** A newer version of an alert that waits takes its place. `now` is any clock that never jumps. */
  hold(insight: Insight, now: number): void {
    const seenAt = this.#held.get(insight.alert_id)?.seenAt ?? now
    this.#held.set(insight.alert_id, { insight, seenAt })
  }

  /** What has waited long enough, in order. */
  release(now: number): Insight[] {
    const due = [...this.#held.values()].filter(({ seenAt }) => now - seenAt >= this.#holdBack)
    const released = due.map(({ insight }) => insight).sort(oldestFirst)
    for (const insight of released) {
      this.#held.delete(insight.alert_id)
      if (this.#newest && oldestFirst(insight, this.#newest) < 0) this.late++
      else this.#newest = insight
    }
    return released
  }
}

function oldestFirst(a: Insight, b: Insight): number {
  const [first, second] = [fieldText(a.timestamp), fieldText(b.timestamp)]
  if (first !== second) return first < second ? -1 : 1
  return a.alert_id < b.alert_id ? -1 : a.alert_id > b.alert_id ? 1 : 0
}
