import type { ListChange } from './live-list.ts'
import { compareRows, type Row } from './row.ts'
import type { RowIndex } from './row-index.ts'

/** Which rows came, or rose, above the first visible one and were not looked at since. */
export class NewAbove {
  readonly #keys = new Set<string>()
  #top: Row | undefined

  get size(): number {
    return this.#keys.size
  }

  /** Takes a change into the rows, and notes what it brought above the first visible one. */
  apply(change: ListChange, rows: RowIndex): void {
    const { before, after, evicted } = change
    const compare = compareRows[rows.arrangement.sort]
    const top = this.#top
    const old = top && after && rows.get(rows.keyOf(after))
    const row = rows.apply(change)
    // A row that was above and only changed in its place is no news.
    if (row && top && compare(row, top) < 0 && !(old && compare(row, old) === 0)) this.#keys.add(row.key)
    if (!top || this.#keys.size === 0) return
    for (const alert of [before, after, evicted]) if (alert) this.#keep(rows.keyOf(alert), top, rows)
  }

  /** `top` is the first visible row, undefined while that is always the newest: what is no longer above it has been seen. */
  look(top: Row | undefined, rows: RowIndex): void {
    const before = this.#top
    this.#top = top
    if (top === undefined) return this.clear()
    if (before === undefined || compareRows[rows.arrangement.sort](top, before) >= 0) return
    for (const key of this.#keys) this.#keep(key, top, rows)
  }

  /** Only what is still above. */
  #keep(key: string, top: Row, rows: RowIndex): void {
    const row = rows.get(key)
    if (!row || compareRows[rows.arrangement.sort](row, top) >= 0) this.#keys.delete(key)
  }

  /** What was above in another order says nothing about this one. */
  clear(): void {
    this.#keys.clear()
  }
}
