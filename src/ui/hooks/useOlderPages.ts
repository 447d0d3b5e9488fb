import { type InfiniteData, useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query'
import type { Api } from '../../client/api/api.ts'
import type { RecentPage } from '../../protocol/answers.ts'

export interface OlderPagesOptions {
  readonly api: Api
  readonly filter?: string | undefined
  /** Alerts a page, 1–1000; 50 by default. */
  readonly limit?: number
  /** Nothing is fetched while false; true by default. */
  readonly enabled?: boolean
}

/** The beginning of every such query's key, to invalidate them by. */
export const olderPagesKey = ['older-pages'] as const

/** Alerts from the newest backwards, page after page: `fetchNextPage` goes further back. */
export function useOlderPages({
  api,
  filter = '',
  limit = 50,
  enabled = true,
}: OlderPagesOptions): UseInfiniteQueryResult<InfiniteData<RecentPage>> {
  return useInfiniteQuery({
    queryKey: [...olderPagesKey, filter, limit],
    queryFn: ({ pageParam }) => api.recent({ filter, limit, nextToken: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextToken }) => nextToken ?? undefined,
    enabled,
    retry: 1,
  })
}
