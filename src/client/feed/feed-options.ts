import type { Insight } from '../../protocol/insight/insight.ts'
import type { Api } from '../api/api.ts'
import type { HttpConnection } from '../http/http-connection.ts'

export interface FeedOptions {
  /** The feed does not close it. */
  readonly connection: HttpConnection
  /**
   * Narrows the feed at the server; the one filter grammar. A parsed one narrows also what an older server sends, which
   * knows no filters.
   */
  readonly filter?: string | { readonly text: string; matches(insight: Insight): boolean } | undefined
  /** How many alerts the snapshot holds, 0–1000; the server's default is 10. */
  readonly limit?: number | undefined
  /** The same for the first connection that opens, where it differs. */
  readonly firstLimit?: number | undefined
  /** Continues after this position, as kept from an earlier run, instead of with a snapshot. */
  readonly lastEventId?: string | undefined
  /** When that earlier run ended, in milliseconds since the epoch. */
  readonly lastSeenAt?: number | undefined
  /** The time of the newest alert that it handled, in milliseconds: what a server forgot is read over REST from there. */
  readonly lastSeen?: number | undefined
  /** Where a gap is healed from; the REST side of the connection by default. */
  readonly api?: Pick<Api, 'recent'> | undefined
  /** So many connections in a row may fail before the feed stops, the first one included; no bound by default. */
  readonly maxAttempts?: number | undefined
  /** Milliseconds since the epoch; `Date.now` by default. */
  readonly now?: () => number
  /** 0–1, for the jitter; `Math.random` by default. */
  readonly random?: () => number
  readonly timing?: Partial<FeedTiming>
}

/** In milliseconds. */
export interface FeedTiming {
  /** The first delay before a reconnect, until the server names its own: 5000. */
  readonly retry: number
  /** Delays grow up to this: 30 000. */
  readonly maxRetry: number
  /** How often a server beats: 15 000. A link that is silent for 2.5 of them is cut. */
  readonly beat: number
  /** How long an answer may take to begin: 30 000. */
  readonly answer: number
  /** Without a beat, a connection counts as stable once it has lived so long: 10 000. */
  readonly stable: number
  /** On a server without beats, the first burst is over once it has been quiet for so long: 2000. */
  readonly quiet: number
}

/** What holds unless an option says otherwise. */
export const usualTiming: FeedTiming = {
  retry: 5000,
  maxRetry: 30_000,
  beat: 15_000,
  answer: 30_000,
  stable: 10_000,
  quiet: 2000,
}
