import type { FeedListener } from './feed-event.ts'
import type { FeedOptions } from './feed-options.ts'
import type { FeedState } from './feed-state.ts'
import { Link } from './link.ts'

export type { FeedEvent, FeedPhase } from './feed-event.ts'
export type { FeedOptions } from './feed-options.ts'
export type { FeedState, FeedStatus } from './feed-state.ts'

/**
 * One live feed. Each insight version is delivered once, in the server's order; events arrive
 * synchronously, in bursts as the network brings them, so consumers batch before they draw.
 */
export interface Feed {
  readonly state: FeedState
  /** Returns the unsubscribe. A listener that throws does not stop the others. */
  subscribe(listener: FeedListener): () => void
  /** Connects; nothing happens before. */
  start(): void
  /** Tries now instead of at `nextTryAt`; a feed that stopped by itself starts anew. */
  reconnect(): void
  /**
   * Stops reading from the network, once what was read is delivered: a chunk of the network's at most. TCP then
   * holds the server back, which may cut the link; `resume` reads on, and the feed comes back by its position.
   */
  pause(): void
  resume(): void
  /** Ends the feed and its connection. */
  close(): void
}

/**
 * A feed that is not started yet. When it comes back after a loss, and how long it waits:
 *
 * - The delays grow with each consecutive failure (see `backoffDelay`). A connection that proved
 *   stable starts them over: it had a beat, lived for `stable`, or ended cleanly after an event.
 * - A server without beats and ids that ends its response cleanly after events does so by design, and
 *   is visited again after `retry`. That is no loss: the feed stays `live`.
 * - 401, 403 and 204 stop the feed. A wrong URL, content type or certificate stops it if it never was
 *   live; later it is an outage like every other fault, and is retried.
 */
export function createFeed(options: FeedOptions): Feed {
  const link = new Link(options)
  return {
    get state() {
      return link.record.state
    },
    subscribe: (listener) => link.listeners.add(listener),
    start: () => link.start(),
    reconnect: () => link.reconnect(),
    pause: () => link.pause(),
    resume: () => link.resume(),
    close: () => link.close(),
  }
}
