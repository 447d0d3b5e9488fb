import type { Api, ReadPage } from '../api/api.ts'
import { Failure } from '../../program/failure.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'

export interface HistoryQuery {
  /** RFC 3339, inclusive. */
  readonly since: string
  readonly filter?: { readonly text: string; matches(insight: Insight): boolean } | undefined
  /** The latest so many only. */
  readonly limit?: number | undefined
}

interface Range {
  readonly since: string
  readonly until: string | undefined
}

/** A part of the history, oldest first. */
export interface HistoryPage extends Pick<ReadPage, 'items' | 'unreadable'> {
  /** Whether the server had what is older, too: then nothing in between is left out. */
  readonly reachesBack: boolean
}

const pageSize = 1000
/** What an older server, which knows no ranges, can make us hold. */
const maxHeld = 100_000

/**
 * What a server has since a time, oldest first, a page at a time. Pages come newest first, so the time is halved
 * until each part fits one page: memory holds one page, however long the history.
 */
export async function* readHistory(
  api: Pick<Api, 'recent'>,
  { since, filter, limit }: HistoryQuery,
): AsyncGenerator<HistoryPage> {
  const query = { filter: filter?.text }
  const isWanted = (insight: Insight) =>
    isWithin(insight, { since, until: undefined }) && (filter?.matches(insight) ?? true)
  if (limit !== undefined) {
    if (limit === 0) return
    const page = await api.recent({ ...query, since, limit })
    yield oldestFirst(page, isWanted)
    return
  }
  const ranges: Range[] = [{ since, until: undefined }]
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const page = await api.recent({ ...query, ...range, limit: pageSize })
    const part = range
    if (page.items.some((insight) => !isWithin(insight, part))) {
      yield await readWithoutRanges(api, { since, filter })
      return
    }
    const middle = middleOf(range, page)
    if (page.nextToken == null) yield oldestFirst(page, isWanted)
    else if (middle === undefined) yield await readWhole(api, { ...query, ...range }, isWanted)
    else ranges.push({ since: middle, until: range.until }, { since: range.since, until: middle })
  }
}

/** Halfway through a range, up to its newest alert; undefined when it is one millisecond. */
function middleOf({ since, until }: Range, { items }: ReadPage): string | undefined {
  const from = Date.parse(since)
  const newest = Math.max(from, ...items.map(({ timestamp }) => parseTimestamp(timestamp) ?? from))
  const to = until === undefined ? newest + 1 : Date.parse(until)
  const middle = Math.floor((from + to) / 2)
  return middle > from ? new Date(middle).toISOString() : undefined
}

type Query = Parameters<Api['recent']>[0]
type Wanted = (insight: Insight) => boolean

/** Every page of a query, at once: for what can't be told apart by time. */
async function readWhole(
  api: Pick<Api, 'recent'>,
  query: Query,
  isWanted: Wanted,
  isOver?: Wanted,
): Promise<HistoryPage> {
  const items: Insight[] = []
  const unreadable: ReadPage['unreadable'][number][] = []
  let nextToken: string | undefined
  do {
    const page = await api.recent({ ...query, limit: pageSize, nextToken })
    items.push(...page.items.filter(isWanted))
    unreadable.push(...page.unreadable)
    const last = page.items.at(-1)
    if (page.nextToken === nextToken || (last && isOver?.(last))) break
    nextToken = page.nextToken ?? undefined
    if (items.length > maxHeld)
      throw new Failure(
        'failed',
        `the server can't give more than ${maxHeld} alerts since a time: it is an older one`,
        {
          hint: 'Choose a later --since.',
        },
      )
  } while (nextToken !== undefined)
  return { items: items.toReversed(), unreadable, reachesBack: isOver !== undefined }
}

/** An older server gives the newest ones, whatever the range. */
function readWithoutRanges(api: Pick<Api, 'recent'>, { since, filter }: HistoryQuery) {
  const range = { since, until: undefined }
  const isWanted = (insight: Insight) => isWithin(insight, range) && (filter?.matches(insight) ?? true)
  return readWhole(api, {}, isWanted, (last) => !isWithin(last, range))
}

const oldestFirst = ({ items, unreadable }: ReadPage, isWanted: Wanted): HistoryPage => ({
  items: items.filter(isWanted).toReversed(),
  unreadable,
  reachesBack: false,
})

/** A time that can't be read may lie in any range. */
export const isWithin = ({ timestamp }: Insight, { since, until }: Range): boolean =>
  typeof timestamp !== 'string' || (timestamp >= since && (until === undefined || timestamp < until))
