import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { loadSqlite } from '../write/load-sqlite.ts'
import { severities, type Severity } from '../../../../protocol/severity.ts'
import { cellWidths, idKey, idOfKey } from './index-database.ts'
import type { Latest } from './latest.ts'

type RawLatest = [sequence: number, id: string, time: number, risk: number, type: number, status: number]

/** Counts of alerts with one type, status and severity. */
export interface Total {
  readonly type: string
  readonly status: number
  readonly severity: Severity
  readonly count: number
  readonly risk: number
}

export interface SegmentRow {
  readonly first: number
  readonly next: number
  readonly count: number
  readonly size: number
  readonly modified: string
  readonly firstAt: number | null
  readonly lastAt: number | null
  readonly latest: number
  readonly resolved: number
}

const columns = 'sequence, id, time, risk, type, status'

/**
 * What the index knows of the segments that are not written to any more. All reads see one state of it, until
 * {@link refresh}.
 */
export class SealedIndex {
  readonly #database: DatabaseSync
  readonly #types = new Map<number, string>()
  /** The last id there is, as a key. */
  #lastKey = ''
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string) {
    this.#database = new (loadSqlite().DatabaseSync)(path, { readOnly: true, timeout: 10_000 })
    this.#database.exec('PRAGMA cache_size = -32768')
    this.refresh()
  }

  /** Sees what has been indexed meanwhile. */
  refresh(): void {
    if (this.#database.isTransaction) this.#database.exec('COMMIT')
    this.#database.exec('BEGIN')
    for (const [type, name] of this.#all('SELECT type, name FROM types') as [number, string][])
      this.#types.set(type, name)
    const [last] = this.#all('SELECT max(id) FROM alerts') as [string | null][]
    this.#lastKey = last?.[0] ?? ''
  }

  /** The last sequence that is in it. */
  get indexed(): number {
    return (this.#all('SELECT indexed FROM state')[0] as [number])[0]
  }

  segments(): SegmentRow[] {
    return this.#database.prepare('SELECT * FROM segments ORDER BY first').all() as unknown as SegmentRow[]
  }

  find(alertId: string): Latest | undefined {
    const key = idKey(alertId)
    // Ids that count up, as generated ones do, are seldom looked for in vain.
    if (key > this.#lastKey) return undefined
    return this.#latest(`SELECT ${columns} FROM alerts WHERE id = ?`, key)[0]
  }

  /** In the order of the log, newest first. */
  before(sequence: number, limit: number): Latest[] {
    return this.#latest(
      `SELECT ${columns} FROM alerts WHERE sequence < ? ORDER BY sequence DESC LIMIT ?`,
      sequence,
      limit,
    )
  }

  /** Those with a sequence from `first` on, up to `next`. */
  between(first: number, next: number): Latest[] {
    return this.#latest(`SELECT ${columns} FROM alerts WHERE sequence >= ? AND sequence < ?`, first, next)
  }

  /** By (time, id), newest first, from the first that stands before the position. */
  below(time: number, alertId: string, limit: number): Latest[] {
    const order = `ORDER BY time DESC, id DESC LIMIT ?`
    return time === Infinity
      ? this.#latest(`SELECT ${columns} FROM alerts ${order}`, limit)
      : this.#latest(
          `SELECT ${columns} FROM alerts WHERE (time, id) < (?, ?) ${order}`,
          time,
          idKey(alertId),
          limit,
        )
  }

  /** By (time, id), oldest first, from the first that stands after the position. */
  after(time: number, alertId: string, limit: number): Latest[] {
    const order = `ORDER BY time, id LIMIT ?`
    return time === -Infinity
      ? this.#latest(`SELECT ${columns} FROM alerts ${order}`, limit)
      : this.#latest(
          `SELECT ${columns} FROM alerts WHERE (time, id) > (?, ?) ${order}`,
          time,
          idKey(alertId),
          limit,
        )
  }

  /** The alerts with a time from `from` on, up to `to`; both are finite. */
  totals(from: number, to: number): Total[] {
    const totals: Total[] = []
    const add = (rows: unknown[][]) => {
      for (const [type, status, severity, count, risk] of rows as number[][])
        if (count !== 0)
          totals.push({
            type: this.#types.get(type!) ?? '',
            status: status!,
            severity: severities[severity!]!,
            count: count!,
            risk: risk!,
          })
    }
    const rows = (start: number, end: number) => {
      if (start >= end) return
      add(
        this.#all(
          `SELECT type, status, CASE WHEN risk >= 80 THEN 0 WHEN risk >= 60 THEN 1 ELSE 2 END, count(*), sum(risk)
           FROM alerts WHERE time >= ? AND time < ? GROUP BY 1, 2, 3`,
          start,
          end,
        ),
      )
    }
    const smallest = cellWidths[0]!
    let low = Math.ceil(from / smallest) * smallest
    let high = Math.floor(to / smallest) * smallest
    if (low >= high) {
      rows(from, to)
      return totals
    }
    rows(from, low)
    rows(high, to)
    for (const [level, width] of cellWidths.entries()) {
      const wider = cellWidths[level + 1] ?? Infinity
      const nextLow = wider === Infinity ? high : Math.ceil(low / wider) * wider
      const nextHigh = wider === Infinity ? high : Math.floor(high / wider) * wider
      const cells = (start: number, end: number) => {
        if (start < end) add(this.#cells(level, start / width, end / width))
      }
      if (nextLow >= nextHigh) {
        cells(low, high)
        break
      }
      cells(low, nextLow)
      cells(nextHigh, high)
      low = nextLow
      high = nextHigh
    }
    return totals
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #cells(level: number, first: number, end: number): unknown[][] {
    return this.#all(
      `SELECT type, status, severity, sum(count), sum(risk) FROM totals
       WHERE level = ? AND cell >= ? AND cell < ? GROUP BY 1, 2, 3`,
      level,
      first,
      end,
    )
  }

  #latest(sql: string, ...parameters: (string | number)[]): Latest[] {
    return (this.#all(sql, ...parameters) as RawLatest[]).map(([sequence, id, time, risk, type, status]) => ({
      sequence,
      alertId: idOfKey(id),
      time,
      risk,
      type: this.#types.get(type) ?? '',
      status,
    }))
  }

  #all(sql: string, ...parameters: (string | number)[]): unknown[][] {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement.all(...parameters) as unknown as unknown[][]
  }
}
