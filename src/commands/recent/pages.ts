import type { Api, UnreadableItem } from '../../client/api/api.ts'
import { Failure } from '../../program/failure.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import type { Insight } from '../../protocol/insight/insight.ts'

export interface PagesQuery {
  /** How many items in all; ignored with `all`. */
  readonly limit: number
  readonly all?: boolean
  /** RFC 3339; `since` is inclusive, `until` exclusive. */
  readonly since?: string
  readonly until?: string
  readonly filter?: Filter
}

/** One item of a page: an insight, or what could not be read as one. */
export type PageItem = { readonly insight: Insight } | { readonly unreadable: UnreadableItem }

/**
 * Page after page, newest first. An older server knows no ranges and no filters: what it sends is held
 * against them here. What can't be read can't be judged either, and is passed on.
 */
export async function* recentPages(
  api: Pick<Api, 'recent'>,
  { limit, since, until, filter, all }: PagesQuery,
): AsyncGenerator<PageItem[]> {
  // A time that can't be read may lie in any range.
  const isWithin = (timestamp: Insight['timestamp']) =>
    typeof timestamp !== 'string' ||
    ((since === undefined || timestamp >= since) && (until === undefined || timestamp < until))
  const isWanted = (insight: Insight) =>
    isWithin(insight.timestamp) && (filter === undefined || filter.matches(insight))
  let left = all ? Number.POSITIVE_INFINITY : limit
  let nextToken: string | undefined
  do {
    const page = await api.recent({
      since,
      until,
      filter: filter?.text,
      limit: Math.min(left, 1000),
      nextToken,
    })
    const items = inOrder(page.items, page.unreadable)
      .filter((item) => 'unreadable' in item || isWanted(item.insight))
      .slice(0, left)
    left -= items.length
    yield items
    if (nextToken !== undefined && page.nextToken === nextToken)
      throw new Failure('failed', 'the server gives the same page again and again')
    // Some servers end with an empty one.
    nextToken = page.nextToken || undefined
  } while (left > 0 && nextToken !== undefined)
}

function inOrder(insights: readonly Insight[], unreadable: readonly UnreadableItem[]): PageItem[] {
  const items: PageItem[] = insights.map((insight) => ({ insight }))
  for (const item of unreadable) items.splice(item.index, 0, { unreadable: item })
  return items
}
