import type { FeedState, FeedStatus } from '../../client/feed/feed.ts'

/**
 * - `connecting`: the first attempt
 * - `connected`: events come
 * - `reconnecting`: the link was lost, or an attempt failed; the next is waited for or under way
 * - `disconnected`: by `disconnect`, or because the server has nothing more to say
 * - `error`: given up, after too many attempts or for a reason that time doesn't heal; `connect` tries anew
 */
export type SseStatus = 'connecting' | 'connected' | 'reconnecting' | 'disconnected' | 'error'

type Told = Pick<FeedState, 'status' | 'attempt' | 'failure'>

const statuses: Readonly<Record<FeedStatus, (state: Told) => SseStatus>> = {
  connecting: ({ attempt }) => (attempt === 0 ? 'connecting' : 'reconnecting'),
  live: () => 'connected',
  retrying: () => 'reconnecting',
  stopped: ({ failure }) => (failure === undefined ? 'disconnected' : 'error'),
}

/** What the state of a feed is called for the hook's users. */
export const sseStatusOf = (state: Told): SseStatus => statuses[state.status](state)
