import type { Alert, ListChange } from './live-list.ts'
import { SortedList } from './sorted-list.ts'
import type { Filter } from '../../../protocol/filter/filter.ts'
import { type AlertItem, alertItem, compareRows, type GapItem, type Row, rowKey, type Sort } from './row.ts'

/** What decides which rows there are, and in which order. */
export interface Arrangement {
  readonly sort: Sort
  readonly fold: boolean
  readonly filter: Filter | undefined
}

/** What the reducer may ask of the rows. */
export interface Rows {
  readonly size: number
  at(rank: number): Row | undefined
  get(key: string): Row | undefined
  rankOf(row: Row): number
  slice(start: number, count: number): Row[]
}

/**
 * The rows of the list in order, kept up change by change: each costs O(log n). A new arrangement
 * builds a new index from all alerts once.
 */
export class RowIndex implements Rows {
  readonly arrangement: Arrangement
  readonly #rows: SortedList<Row>
  readonly #byKey = new Map<string, Row>()
  /** How many alerts stand in the rows: those that the filter lets through. */
  matching = 0

  constructor(arrangement: Arrangement, alerts: Iterable<Alert> = [], gaps: readonly GapItem[] = []) {
    this.arrangement = arrangement
    const folds = new Map<string, Alert[]>()
    for (const alert of alerts) {
      if (!this.#shows(alert)) continue
      this.matching++
      const key = this.keyOf(alert)
      const fold = folds.get(key)
      if (fold) fold.push(alert)
      else folds.set(key, [alert])
    }
    for (const [key, members] of folds) {
      if (members.length > 1) members.sort(oldestFirst)
      this.#byKey.set(key, alertItem(key, members))
    }
    if (arrangement.sort === 'time') for (const gap of gaps) this.#byKey.set(gap.key, gap)
    this.#rows = new SortedList(compareRows[arrangement.sort], [...this.#byKey.values()])
  }

  get size(): number {
    return this.#rows.size
  }

  at(rank: number): Row | undefined {
    return this.#rows.at(rank)
  }

  get(key: string): Row | undefined {
    return this.#byKey.get(key)
  }

  rankOf(row: Row): number {
    return this.#rows.rankOf(row)
  }

  slice(start: number, count: number): Row[] {
    return this.#rows.slice(start, count)
  }

  /** Takes in a change of the list; returns the row that it brought or moved, if it shows. */
  apply({ before, after, evicted }: ListChange): AlertItem | undefined {
    if (before && this.#shows(before)) this.#remove(before)
    const row = after && this.#shows(after) ? this.#insert(after) : undefined
    if (evicted && this.#shows(evicted)) this.#remove(evicted)
    return row
  }

  addGap(gap: GapItem): void {
    if (this.arrangement.sort === 'time') this.#replace(undefined, gap)
  }

  removeGap(gap: GapItem): void {
    this.#rows.delete(gap)
    this.#byKey.delete(gap.key)
  }

  /** The key of the row that the alert stands in, if it shows. */
  keyOf(alert: Alert): string {
    return rowKey(alert, this.arrangement.fold)
  }

  #shows(alert: Alert): boolean {
    return this.arrangement.filter?.matches(alert.insight) ?? true
  }

  #insert(alert: Alert): AlertItem {
    const key = this.keyOf(alert)
    const row = this.#byKey.get(key)
    this.matching++
    if (row?.kind !== 'alert') return this.#replace(row, alertItem(key, [alert]))
    // The row leaves its place before its alerts change under it.
    this.#rows.delete(row)
    const alerts = row.alerts as Alert[]
    alerts.splice(placeOf(alerts, alert), 0, alert)
    return this.#replace(undefined, alertItem(key, alerts))
  }

  #remove(alert: Alert): void {
    const row = this.#byKey.get(this.keyOf(alert))
    if (row?.kind !== 'alert') return
    const alerts = row.alerts as Alert[]
    const at = placeOf(alerts, alert)
    if (alerts[at] !== alert) return
    this.matching--
    this.#rows.delete(row)
    if (alerts.length === 1) {
      this.#byKey.delete(row.key)
      return
    }
    if (at === 0) alerts.shift()
    else alerts.splice(at, 1)
    this.#replace(undefined, alertItem(row.key, alerts))
  }

  #replace<R extends Row>(old: Row | undefined, row: R): R {
    if (old) this.#rows.delete(old)
    this.#rows.add(row)
    this.#byKey.set(row.key, row)
    return row
  }
}

const oldestFirst = (a: Alert, b: Alert) => a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** Most alerts are newer than all that are there, so the end is looked at first. */
function placeOf(alerts: readonly Alert[], alert: Alert): number {
  let high = alerts.length
  const last = alerts[high - 1]
  if (last && oldestFirst(last, alert) < 0) return high
  let low = 0
  while (low < high) {
    const middle = (low + high) >> 1
    if (oldestFirst(alerts[middle]!, alert) < 0) low = middle + 1
    else high = middle
  }
  return low
}
