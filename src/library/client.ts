import { type Api, createApi as createApiOver } from '../client/api/api.ts'
import { createLiveFeed, type LiveFeed } from '../client/feed/consumer.ts'
import type { FeedEvent } from '../client/feed/feed-event.ts'
import type { FeedTiming } from '../client/feed/feed-options.ts'
import { createPageConnection, type PageConnectionOptions } from '../client/page-connection.ts'

export * from './client-types.ts'
export type { FetchLike } from '../client/page-connection.ts'

export interface FeedOptions extends PageConnectionOptions {
  /** The filter grammar, such as `severity>=warning -type:canary`. */
  readonly filter?: string | undefined
  /** How many alerts it starts with, 0–1000; the server's default is 10. */
  readonly limit?: number | undefined
  /** Goes on after this position, as kept from `feed.position`, instead of with a snapshot. */
  readonly lastEventId?: string | undefined
  /** Closes the feed. */
  readonly signal?: AbortSignal | undefined
  /** Consecutive attempts that may fail before it gives up; no bound by default. */
  readonly maxAttempts?: number | undefined
  /** Subscribers acknowledge each alert by `ack`; by default one is handled once every subscriber returned. */
  readonly manualAck?: boolean | undefined
  /** The server could not go on from the position: what was recovered over REST, and what wasn't. */
  readonly onGap?: ((gap: Extract<FeedEvent, { type: 'resumed' }>) => void) | undefined
  readonly timing?: Partial<FeedTiming> | undefined
}

/**
 * A live feed. Nothing goes over the wire before somebody subscribes or iterates.
 *
 * ```ts
 * using feed = createFeed({ url: 'https://ops.example', token, filter: 'severity:critical' })
 * for await (const { insight } of feed) await page(insight)
 * ```
 *
 * Throws a {@link Failure} for a URL that is none.
 */
export function createFeed({ url, token, fetch, timing, ...options }: FeedOptions): LiveFeed {
  const connection = createPageConnection({ url, token, fetch })
  return createLiveFeed({ ...options, connection, ...(timing && { timing }) })
}

/** The REST calls of a server: `recent`, `aggregations`, `get`, `publish`, `setStatus`. */
export const createApi = (options: PageConnectionOptions): Api => createApiOver(createPageConnection(options))
