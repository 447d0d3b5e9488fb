import type { ViewState } from './state.ts'

/** A beat may come late by so much of its time. */
const lateBy = 1 / 3

/** Whether what is shown may be out of date: there is no link, or it is up by its word only, and the beat has not come. */
export function isStale({ feed, now }: Pick<ViewState, 'feed' | 'now'>): boolean {
  const { status, lastBeatAt, beatMs } = feed
  return status !== 'live' || (lastBeatAt !== undefined && now - lastBeatAt > beatMs * (1 + lateBy))
}
