import type { ViewState } from './state.ts'

/** A link that is silent for longer, in beats, is not to be trusted. */
const lateAfterBeats = 1.5

/**
 * For how long a link that is up has not given the sign of life that is due, in milliseconds; undefined while it has. While
 * it catches up any byte is one, later a beat. A server without beats owes none.
 */
export function overdueMs({ feed, now }: Pick<ViewState, 'feed' | 'now'>): number | undefined {
  const { status, catchUp, beats, lastByteAt, lastBeatAt, connectedAt, beatMs } = feed
  if (status !== 'live') return undefined
  const sign = catchUp ? lastByteAt : beats ? lastBeatAt : undefined
  const since = Math.max(sign ?? 0, connectedAt ?? 0)
  if (since === 0 || (!catchUp && !beats)) return undefined
  const silence = now - since
  return silence > lateAfterBeats * beatMs ? silence : undefined
}

/** Whether what is shown may be out of date: there is no link, or it is up by its word only. */
export const isStale = (state: Pick<ViewState, 'feed' | 'now'>): boolean =>
  state.feed.status !== 'live' || overdueMs(state) !== undefined
