import type { ViewState } from './state.ts'

/** Ages are told by the server's clock, which set the timestamps. */
export const serverNow = ({ now, feed }: Pick<ViewState, 'now' | 'feed'>): number => now + (feed.skewMs ?? 0)
