import type { Cursor } from '../../protocol/cursor.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import type { Entry } from './store.ts'

/** An entry whose text is at hand. `parse` is asked once, on first use. */
export class TextEntry implements Entry {
  readonly cursor: Cursor
  readonly json: string
  readonly size: number
  readonly #parse: (json: string) => Insight
  #insight: Insight | undefined

  constructor(cursor: Cursor, json: string, parse: (json: string) => Insight = parseStored) {
    this.cursor = cursor
    this.json = json
    this.size = Buffer.byteLength(json)
    this.#parse = parse
  }

  get insight(): Insight {
    return (this.#insight ??= this.#parse(this.json))
  }

  copyTo(target: Buffer, at: number): void {
    target.write(this.json, at, 'utf8')
  }
}

/**
 * An entry that stands somewhere in `bytes`. Most are only ever copied on to those who listen, so
 * the text is made when it is asked for, and not kept.
 */
export class StoredEntry implements Entry {
  readonly cursor: Cursor
  readonly #bytes: Buffer
  readonly #start: number
  readonly #end: number
  #insight: Insight | undefined

  constructor(cursor: Cursor, bytes: Buffer, start: number, end: number) {
    this.cursor = cursor
    this.#bytes = bytes
    this.#start = start
    this.#end = end
  }

  get size(): number {
    return this.#end - this.#start
  }

  get json(): string {
    return this.#bytes.toString('utf8', this.#start, this.#end)
  }

  get insight(): Insight {
    return (this.#insight ??= parseStored(this.json))
  }

  copyTo(target: Buffer, at: number): void {
    this.#bytes.copy(target, at, this.#start, this.#end)
  }
}

/** What was checked before it was written is parsed and no more. */
const parseStored = (json: string): Insight => JSON.parse(json) as Insight
