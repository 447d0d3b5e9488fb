import type { Aggregations } from '../../protocol/answers.ts'
import type { Cursor, ResetReason } from '../../protocol/cursor.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import type { Insight } from '../../protocol/insight/insight.ts'

/**
 * One version of one alert, at its place in the log. `json` is its one canonical text
 * (`encodeInsight`), a single line; `insight` is parsed from it on first use where it was read back.
 */
export interface Entry {
  readonly cursor: Cursor
  readonly json: string
  readonly insight: Insight
  /** Bytes of `json` in UTF-8. */
  readonly size: number
  /** Puts these bytes into `target`, from the index `at` on. */
  copyTo(target: Buffer, at: number): void
}

/**
 * A write. `apply` gets the alert's latest version at the moment the write takes its place in the
 * log and gives the next one, so that two people who act at once lose nothing. It must be pure: a
 * store that lost a race calls it again. Undefined leaves the alert as it is.
 */
export interface Change {
  readonly alertId: string
  apply(current: Insight | undefined): Insight | undefined
}

/** `created` and `updated` made an entry; `unchanged` and `absent` (nothing there, nothing made) did not. */
export interface Outcome {
  readonly alertId: string
  readonly result: 'created' | 'updated' | 'unchanged' | 'absent'
  /** The entry's own position; without an entry, one that has passed the alert's latest version. */
  readonly cursor: Cursor
  /** The latest version. Undefined when absent. */
  readonly insight: Insight | undefined
}

/** Keyset position: the page starts after this one, in descending order of (timestamp, alert_id). */
export interface PagePosition {
  readonly timestamp: string
  readonly alertId: string
}

/** Times are RFC 3339 as normalised at ingest; `since` is inclusive, `until` exclusive. */
export interface Range {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly filter?: Filter | undefined
}

export interface RecentQuery extends Range {
  readonly limit: number
  readonly after?: PagePosition | undefined
}

/** `next` is absent on the last page. A page with `next` may be shorter than asked for: looking further would have cost too much. */
export interface Page {
  readonly items: Insight[]
  readonly next?: PagePosition | undefined
  /** What it cost, in DynamoDB's read units. */
  readonly readUnits?: number | undefined
}

export interface AggregateQuery extends Range {
  /** How many buckets divide the range. */
  readonly buckets?: number | undefined
}

/** `at` is the position that the snapshot has passed: reading after it continues without a seam. */
export interface Snapshot {
  readonly entries: Entry[]
  readonly at: Cursor
}

/** `next` is the position that the batch has passed, also when a batch is empty. */
export interface EntryBatch {
  readonly entries: Entry[]
  readonly next: Cursor
  /** May be called once nobody will look at the entries again: the memory under them serves what follows. */
  readonly release?: () => void
}

export interface ReadOptions {
  readonly signal: AbortSignal
  /** Whether somebody waits for what comes: a store that has to ask for it then asks more often. */
  readonly isWatched?: () => boolean
}

/**
 * A sequenced log of insight versions, and the latest version of each alert. Sequence numbers have
 * no gaps and every reader sees one order. An append that resolved is durable. Reads never show
 * what is not durable yet. A store that can't serve just now throws {@link StoreUnavailable}.
 */
export interface Store {
  readonly kind: 'journal' | 'dynamo' | 'memory'
  /**
   * Durable when it resolves, with an outcome for each change, in order. Changes of one call take
   * effect in order, and no other call's come between two changes of the same alert.
   */
  append(changes: readonly Change[]): Promise<Outcome[]>
  /** The last durable position. */
  head(): Promise<Cursor>
  /** Why reading can't begin after a position that a client has kept; undefined when it can. */
  refuse(position: Cursor): Promise<ResetReason | undefined>
  /**
   * Everything after `after`, every version, in order, then what comes, for ever, until the signal
   * aborts (the iteration then ends without a throw). A position that can't be honoured yields one
   * `reset` and ends.
   */
  read(after: Cursor, options: ReadOptions): AsyncIterable<EntryBatch | { readonly reset: ResetReason }>
  /** The `limit` alerts that changed last and match, latest version each, in log order. */
  snapshot(query: { readonly limit: number; readonly filter?: Filter | undefined }): Promise<Snapshot>
  recent(query: RecentQuery): Promise<Page>
  get(alertId: string): Promise<Insight | undefined>
  aggregate(query: AggregateQuery): Promise<Aggregations>
  /** Why writes are refused now, in words for the operator; undefined while they are taken. */
  fault(): string | undefined
  /** The clock that all its servers share, in ms since the epoch, where there is one: a machine's own may be minutes off. */
  now?(): number
  /** Waits for what was accepted, then lets go of every resource. */
  close(): Promise<void>
}

/** The store can't serve now, and may later: the server answers 503 with `Retry-After`. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  /** Seconds. */
  readonly retryAfter: number
  constructor(message: string, options: { retryAfter?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.retryAfter = options.retryAfter ?? 5
  }
}
