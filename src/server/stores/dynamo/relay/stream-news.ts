import type { Batch } from '../log/batch.ts'
import type { Stored } from '../tables/insight-table.ts'
import type { News } from './news.ts'

/**
 * Tells news of a few alerts, those that the table's stream told of: what the table holds of one is news unless it is
 * the alert's latest version in the log.
 */
export class StreamNews implements News {
  readonly isReady = true
  readonly ready = Promise.resolve()
  /** By alert: the digest of its latest version in the log, as far as that was looked at. */
  readonly #latest = new Map<string, string | undefined>()

  /** From here on only these alerts have news. */
  expect(alertIds: Iterable<string>): void {
    this.#latest.clear()
    for (const id of alertIds) this.#latest.set(id, undefined)
  }

  take({ versions }: Batch): void {
    for (const { alertId, digest } of versions)
      if (this.#latest.has(alertId)) this.#latest.set(alertId, digest)
  }

  /** Takes a batch that comes before all that it has taken. */
  takeEarlier({ versions }: Batch): void {
    for (const { alertId, digest } of versions.toReversed())
      if (this.#latest.has(alertId) && this.#latest.get(alertId) === undefined)
        this.#latest.set(alertId, digest)
  }

  isLatest(alertId: string, digest: string): boolean {
    return this.#latest.get(alertId) === digest
  }

  isNews({ insight, digest }: Stored): boolean {
    return (
      insight !== undefined && this.#latest.has(insight.alert_id) && !this.isLatest(insight.alert_id, digest)
    )
  }

  isKnown(): boolean {
    return true
  }
}
