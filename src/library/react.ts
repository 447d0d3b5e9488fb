import { createPageConnection } from '../client/page-connection.ts'
import { createUseSSE, type UseSse, type UseSseOptions } from '../ui/hooks/create-use-sse.ts'

export type { SseStatus } from '../ui/hooks/sse-status.ts'
export { FeedProvider, type FeedProviderProps, useFeed } from './feed-provider.ts'
export { feedQueryOptions, type FeedQueryOptions } from './feed-query-options.ts'
export type { FeedView } from './feed-view.ts'
export type { UseSse }

/** `ca` and `env` are for a terminal: see `iops/node`. */
export type UseSSEOptions = Omit<UseSseOptions, 'ca' | 'env'>

/**
 * The feed in a component. It connects when the component mounts, comes back after every loss, resumes by id, and is
 * gone when the component goes. Handlers may change between draws. `lastMessage` is drawn at most ten times a second;
 * `onMessage` gets them all.
 */
export const useSSE: (options: UseSSEOptions) => UseSse = createUseSSE(({ url, token }) =>
  createPageConnection({ url, token }),
)
