import { fieldNames } from '../../../../protocol/insight/fields.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { statuses } from '../../../../protocol/status.ts'
import type { DurableLog } from '../index/durable-log.ts'
import type { Latest } from '../index/latest.ts'

/**
 * The latest version of one alert after the other, for filters: fields that the index holds come
 * from there, and only when a filter asks for another one is the text read back and parsed.
 */
export class StoredInsight {
  readonly #log: DurableLog
  #latest: Latest | undefined
  #parsed: Insight | undefined

  constructor(log: DurableLog) {
    this.#log = log
  }

  /** This same object, now standing for another alert. */
  of(latest: Latest): Insight {
    this.#latest = latest
    this.#parsed = undefined
    return this as unknown as Insight
  }

  get alert_id() {
    return this.#latest!.alertId
  }

  get timestamp() {
    return new Date(this.#latest!.time).toISOString()
  }

  get prediction_type() {
    return this.#latest!.type
  }

  get risk_score() {
    return this.#latest!.risk
  }

  get status() {
    return statuses[this.#latest!.status]!
  }

  get #whole(): Insight {
    this.#parsed ??= this.#log.read(this.#latest!, true)?.insight
    // Retention has dropped the line a moment ago: nothing in it can match.
    return (this.#parsed ??= { alert_id: this.alert_id } as Insight)
  }

  static {
    for (const name of fieldNames)
      if (!Object.hasOwn(this.prototype, name))
        Object.defineProperty(this.prototype, name, {
          get(this: StoredInsight) {
            return this.#whole[name]
          },
        })
  }
}
