import { experimental_streamedQuery as streamedQuery, type QueryFunction } from '@tanstack/react-query'
import type { Insight } from '../protocol/insight/insight.ts'
import { createFeed, type FeedOptions } from './client.ts'

export interface FeedQueryOptions extends Omit<FeedOptions, 'signal' | 'onGap' | 'manualAck'> {
  /** Alerts held at most; the oldest change goes first. 1000 by default. */
  readonly capacity?: number
}

type Key = readonly ['iops', 'feed', string, string, number]

interface FeedQuery {
  readonly queryKey: Key
  readonly queryFn: QueryFunction<readonly Insight[], Key>
  readonly staleTime: number
  readonly retry: false
}

/**
 * Options of a query whose data are the latest versions of a feed's alerts, the one that changed last first. It is
 * connected while it is observed: `useQuery(feedQueryOptions({ url: '/' }))`.
 */
export function feedQueryOptions({ capacity = 1000, ...options }: FeedQueryOptions): FeedQuery {
  const { url, filter = '' } = options
  return {
    queryKey: ['iops', 'feed', String(url), filter, capacity],
    queryFn: streamedQuery<Insight, readonly Insight[], Key>({
      streamFn: async function* ({ signal }) {
        using feed = createFeed({ ...options, signal })
        for await (const { insight } of feed) yield insight
      },
      reducer: (alerts, insight) =>
        [insight, ...alerts.filter(({ alert_id }) => alert_id !== insight.alert_id)].slice(0, capacity),
      initialValue: [],
      refetchMode: 'replace',
    }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  }
}
