import type { Cursor } from '../../../protocol/cursor.ts'
import type { Insight } from '../../../protocol/insight.ts'
import type { Entry } from '../store.ts'

/** An entry of a durable line: its text is what was checked and written, so it is parsed and no more. */
export class StoredEntry implements Entry {
  readonly cursor: Cursor
  readonly json: string
  #insight: Insight | undefined

  constructor(cursor: Cursor, json: string) {
    this.cursor = cursor
    this.json = json
  }

  get insight(): Insight {
    return (this.#insight ??= JSON.parse(this.json) as Insight)
  }
}
