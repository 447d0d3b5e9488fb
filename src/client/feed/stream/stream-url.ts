import type { FeedOptions } from '../feed-options.ts'

/** The URL of a feed's next connection. */
export function streamUrl(
  { connection, filter, limit, firstLimit = limit }: FeedOptions,
  wasLive: boolean,
): string {
  const url = new URL(connection.streamUrl)
  const wanted = wasLive ? limit : firstLimit
  const text = typeof filter === 'string' ? filter : filter?.text
  if (text) url.searchParams.set('filter', text)
  if (wanted !== undefined) url.searchParams.set('limit', String(wanted))
  return url.href
}
