import type { Aggregations } from '../../protocol/api.ts'
import type { Unreadable } from '../../protocol/insight/unreadable.ts'
import { severityOf } from '../../protocol/severity.ts'

const defaultBuckets = 30

/**
 * Totals over alerts. The buckets divide the time from `since` (without it, from the oldest alert
 * counted) to `until` (without it, now, or just past the newest alert counted if that is later).
 * Times are milliseconds since the epoch; buckets are whole milliseconds wide, so the last one may
 * reach past the end. Without an alert and without `since` there are no buckets.
 */
export class Tally {
  #total = 0
  #critical = 0
  #warning = 0
  #riskSum = 0
  /** How many risks could not be read. */
  #riskless = 0
  #oldest = Infinity
  #newest = -Infinity
  readonly #byType = new Map<string, number>()
  readonly #byStatus = new Map<string, number>()
  /** Every alert's time, the critical ones' plus a half: whole milliseconds otherwise. */
  #times = new Float64Array(1024)

  /** What can't be a risk is a warning, and no part of the average. */
  add(time: number, risk: number | Unreadable, type: string, status: string): void {
    const severity = severityOf(risk)
    const critical = severity === 'critical'
    if (this.#total === this.#times.length) {
      const wider = new Float64Array(this.#times.length * 2)
      wider.set(this.#times)
      this.#times = wider
    }
    this.#times[this.#total++] = critical ? time + 0.5 : time
    if (critical) this.#critical++
    else if (severity === 'warning') this.#warning++
    if (typeof risk === 'number') this.#riskSum += risk
    else this.#riskless++
    if (time < this.#oldest) this.#oldest = time
    if (time > this.#newest) this.#newest = time
    this.#byType.set(type, (this.#byType.get(type) ?? 0) + 1)
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1)
  }

  result(range: {
    readonly since: number | undefined
    readonly until: number | undefined
    readonly buckets: number | undefined
    readonly now: number
  }): Required<Aggregations> {
    const total = this.#total
    const rated = total - this.#riskless
    const since = range.since ?? (total > 0 ? this.#oldest : undefined)
    const until = range.until ?? Math.max(range.now, this.#newest + 1)
    return {
      total,
      critical: this.#critical,
      avgRisk: rated === 0 ? 0 : Math.round((this.#riskSum / rated) * 100) / 100,
      byType: Object.fromEntries(this.#byType),
      warning: this.#warning,
      info: total - this.#critical - this.#warning,
      byStatus: Object.fromEntries(this.#byStatus),
      buckets: since === undefined ? [] : this.#buckets(since, until, range.buckets ?? defaultBuckets),
    }
  }

  #buckets(since: number, until: number, count: number) {
    const width = Math.ceil((until - since) / count)
    if (!(width > 0)) return []
    const totals = new Uint32Array(count)
    const criticals = new Uint32Array(count)
    for (let index = 0; index < this.#total; index++) {
      const time = this.#times[index]!
      const whole = Math.floor(time)
      const bucket = Math.floor((whole - since) / width)
      totals[bucket]!++
      if (time !== whole) criticals[bucket]!++
    }
    return Array.from(totals, (total, index) => ({
      start: new Date(since + index * width).toISOString(),
      total,
      critical: criticals[index]!,
    }))
  }
}
