import { fieldNames } from '../../../../protocol/insight/fields.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { statuses } from '../../../../protocol/status.ts'
import type { DurableLog } from '../index/durable-log.ts'

/**
 * The latest version of one alert after the other, for filters: fields that the table holds come
 * from there, and only when a filter asks for another one is the text read back and parsed.
 */
export class StoredInsight {
  readonly #log: DurableLog
  #slot = 0
  #parsed: Insight | undefined

  constructor(log: DurableLog) {
    this.#log = log
  }

  /** This same object, now standing for another alert. */
  of(slot: number): Insight {
    this.#slot = slot
    this.#parsed = undefined
    return this as unknown as Insight
  }

  get alert_id() {
    return this.#log.table.ids.text(this.#slot)
  }

  get timestamp() {
    return new Date(this.#log.table.time[this.#slot]!).toISOString()
  }

  get prediction_type() {
    const { table } = this.#log
    return table.types[table.type[this.#slot]!]!
  }

  get risk_score() {
    return this.#log.table.risk[this.#slot]!
  }

  get status() {
    return statuses[this.#log.table.status[this.#slot]!]!
  }

  get #whole(): Insight {
    return (this.#parsed ??= this.#log.readSlot(this.#slot, true).insight)
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
