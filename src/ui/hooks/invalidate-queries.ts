import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { Feed } from '../../client/feed/feed.ts'
import { paced } from './paced.ts'

/** Queries are asked anew at most so often, in milliseconds, however fast the feed is. */
const pace = 1000

/**
 * Marks queries as out of date when an insight comes, the first at once and the others gathered. A
 * refetch under way is never cut off, or a slow server would be asked for ever. Returns the end of it.
 */
export function invalidateQueries(feed: Feed, client: QueryClient, keys: readonly QueryKey[]): () => void {
  const invalidate = paced(pace, () =>
    Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey }, { cancelRefetch: false }))),
  )
  const unsubscribe = feed.subscribe((event) => {
    if (event.type === 'insight') invalidate()
  })
  return () => {
    unsubscribe()
    invalidate.cancel()
  }
}
