import type { Insight } from '../../../../protocol/insight/insight.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { statuses } from '../format/facts.ts'

/**
 * The latest version of one alert after the other, for filters: fields that the table holds come
 * from there, and only when a filter asks for another one is the text read back and parsed.
 */
export class StoredInsight implements Insight {
  readonly #log: DurableLog
  #slot = 0
  #parsed: Insight | undefined

  constructor(log: DurableLog) {
    this.#log = log
  }

  /** This same object, now standing for another alert. */
  of(slot: number): this {
    this.#slot = slot
    this.#parsed = undefined
    return this
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

  get entity_id() {
    return this.#whole.entity_id
  }

  get explanation() {
    return this.#whole.explanation
  }

  get recommendations() {
    return this.#whole.recommendations
  }

  get model_used() {
    return this.#whole.model_used
  }

  get confidence() {
    return this.#whole.confidence
  }

  get acknowledged_by() {
    return this.#whole.acknowledged_by
  }

  get acknowledged_at() {
    return this.#whole.acknowledged_at
  }

  get resolved_at() {
    return this.#whole.resolved_at
  }

  get source() {
    return this.#whole.source
  }

  get labels() {
    return this.#whole.labels
  }

  get url() {
    return this.#whole.url
  }

  get #whole(): Insight {
    return (this.#parsed ??= this.#log.readSlot(this.#slot, true).insight)
  }
}
