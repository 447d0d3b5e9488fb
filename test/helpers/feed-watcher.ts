import { createConnection, type ConnectionOptions } from '../../src/client/connection.ts'
import {
  createFeed,
  type Feed,
  type FeedEvent,
  type FeedOptions,
  type FeedState,
} from '../../src/client/feed/feed.ts'

type Of<Type extends FeedEvent['type']> = Extract<FeedEvent, { type: Type }>

export interface FeedWatcher extends AsyncDisposable {
  readonly feed: Feed
  readonly events: readonly FeedEvent[]
  /** Every event of one type so far. */
  of<Type extends FeedEvent['type']>(type: Type): Of<Type>[]
  /** The alert ids delivered so far, in order. */
  ids(): string[]
  /** Resolves once the condition holds; fails with the state after ten seconds. */
  until(condition: (state: FeedState) => boolean): Promise<FeedState>
}

/** Delays in milliseconds that make tests quick, without jitter. */
const quick = { retry: 20, maxRetry: 60, quiet: 50 }

/** A feed on a server, started, with everything it says kept. */
export function watchFeed(
  url: string,
  options: Partial<FeedOptions> & { readonly via?: Partial<ConnectionOptions> } = {},
): FeedWatcher {
  const { via, timing, ...rest } = options
  const connection = createConnection({ url, ...via })
  const feed = createFeed({ connection, random: () => 0, ...rest, timing: { ...quick, ...timing } })
  const events: FeedEvent[] = []
  const waiting = new Set<() => void>()
  feed.subscribe((event) => {
    events.push(event)
    for (const check of waiting) check()
  })
  const of = <Type extends FeedEvent['type']>(type: Type) =>
    events.filter((event): event is Of<Type> => event.type === type)
  feed.start()
  return {
    feed,
    events,
    of,
    ids: () => of('insight').map((event) => event.insight.alert_id),
    async until(condition) {
      const { promise, resolve, reject } = Promise.withResolvers<FeedState>()
      const check = () => condition(feed.state) && resolve(feed.state)
      const timer = setTimeout(
        () => reject(new Error(`the feed is still at ${JSON.stringify(feed.state)}`)),
        50_000,
      )
      // Counters and times change without an event.
      const clock = setInterval(check, 10)
      waiting.add(check)
      check()
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        clearInterval(clock)
        waiting.delete(check)
      }
    },
    async [Symbol.asyncDispose]() {
      feed.close()
      await connection.close()
    },
  }
}
