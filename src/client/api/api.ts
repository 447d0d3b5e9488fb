import { Failure } from '../../program/failure.ts'
import type { Aggregations, PublishResult, RecentPage, StatusRequest } from '../../protocol/answers.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { type Status, statusOrOpen } from '../../protocol/status.ts'
import { insightFault, readInsight } from '../../protocol/insight/read.ts'
import { fieldText } from '../../protocol/insight/unreadable.ts'
import { parseAnswer } from './answer.ts'
import { type Call, callServer } from './call.ts'
import type { HttpConnection } from '../http/http-connection.ts'
import { insightPath, readablePath } from './insight-path.ts'
import { plainWords } from '../../text/one-line.ts'
import {
  type RawPage,
  readAggregations,
  readInsightAnswer,
  readPublishResult,
  readRawPage,
} from './readers.ts'

/** Times are RFC 3339; `since` is inclusive, `until` exclusive; `filter` is the one grammar. */
interface RangeQuery {
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly filter?: string | undefined
}

interface RecentQuery extends RangeQuery {
  /** 1–1000; the server's default is 50. */
  readonly limit?: number | undefined
  /** From the page before. */
  readonly nextToken?: string | undefined
  readonly aggregations?: boolean | undefined
}

interface StatusCondition {
  /** Only if the alert is still the version of that `etag`. */
  readonly ifMatch?: string | undefined
  /** Only if its status is still this one, whatever else has changed: two people never overwrite each other. */
  readonly ifStatus?: Status | undefined
}

/** An item of a page that is no insight. */
export interface UnreadableItem {
  /** Its place among all items of the page, the readable ones included; from 0. */
  readonly index: number
  /** As it came. */
  readonly value: unknown
  /** What is wrong with it: `alert_id: must be a text`. */
  readonly fault: string
}

/** A page of which one bad item does not spoil the others. */
export interface ReadPage extends RecentPage {
  readonly unreadable: readonly UnreadableItem[]
}

/** An alert that changes between looking and changing is looked at again so often. */
const maxLooks = 5

/**
 * The REST side of a server. Every fault is a {@link Failure}: `unreachable` where no answer came,
 * `notAllowed` for 401 and 403, `failed` for the rest, with the server's own words. Answers are
 * read tolerantly: fields of a newer server pass through, those an older one leaves out are filled in.
 */
export interface Api {
  /** Newest first. */
  recent(query?: RecentQuery): Promise<ReadPage>
  aggregations(query?: RangeQuery): Promise<Aggregations>
  /** Undefined when there is no such alert. */
  get(alertId: string): Promise<Insight | undefined>
  /** One batch, all or nothing: at most 1000 items and 1 MiB. Durable when it resolves. */
  publish(items: readonly unknown[]): Promise<PublishResult>
  /** With a condition that no longer holds it changes nothing, and throws. */
  setStatus(
    alertId: string,
    change: StatusRequest,
    condition?: StatusCondition,
  ): Promise<{ readonly insight: Insight; readonly etag: string | undefined }>
  /** Closes the connection, and so everything else that uses it. */
  close(): Promise<void>
}

export function createApi(connection: HttpConnection): Api {
  const call = (path: string, init?: Call) => callServer(connection, path, init)

  const recent = async (query: RecentQuery = {}) =>
    readPage(parseAnswer(readRawPage, await call(`/insights/recent${queryText({ ...query })}`)))

  /** The tag of the alert's version, which has to have that status. */
  const tagOf = async (path: string, wanted: Status) => {
    const answer = await call(path)
    const insight = parseAnswer(readInsightAnswer, answer)
    const status = statusOrOpen(insight.status)
    const by = insight.acknowledged_by
    if (status === wanted) return answer.headers.get('etag') ?? undefined
    const who = status === 'acknowledged' && by !== undefined ? ` by ${plainWords(by)}` : ''
    throw new Failure('failed', `it is ${status}${who} meanwhile`)
  }

  return {
    recent,
    async aggregations(query = {}) {
      const answer = await call(`/insights/aggregations${queryText({ ...query })}`, { accept: [404] })
      if (answer.status !== 404) return parseAnswer(readAggregations, answer)
      // An older server has no such route, and takes it for an alert that it doesn't know.
      const page = await recent({ ...query, limit: 1, aggregations: true })
      if (page.aggregations) return page.aggregations
      throw new Failure('failed', `${connection.baseUrl} gives no totals: it is an older server`)
    },
    async get(alertId) {
      const path = readablePath(alertId)
      if (path === undefined) return found(await recent({ filter: `id:${alertId}` }), alertId)
      const answer = await call(path, { accept: [404] })
      return answer.status === 404 ? undefined : parseAnswer(readInsightAnswer, answer)
    },
    async publish(items) {
      return parseAnswer(readPublishResult, await call('/insights', { method: 'POST', body: items }))
    },
    async setStatus(alertId, change, { ifMatch, ifStatus } = {}) {
      const path = insightPath(alertId)
      if (path === undefined)
        throw new Failure('failed', `no URL can carry the alert_id ${JSON.stringify(alertId)}`)
      for (let look = 1; ; look++) {
        const etag = ifStatus === undefined ? ifMatch : await tagOf(path, ifStatus)
        const headers = etag === undefined ? {} : { 'if-match': etag }
        const again = ifStatus !== undefined && look < maxLooks ? [412] : []
        const answer = await call(path, { method: 'PATCH', body: change, headers, accept: again })
        if (answer.status === 412) continue
        const insight = parseAnswer(readInsightAnswer, answer)
        // An older server may answer, and leave the alert as it is.
        if (insight.status !== change.status)
          throw new Failure('failed', `${connection.baseUrl} left it ${fieldText(insight.status)}`)
        return { insight, etag: answer.headers.get('etag') ?? undefined }
      }
    },
    close: () => connection.close(),
  }
}

const found = ({ items }: RecentPage, alertId: string) => items.find((item) => item.alert_id === alertId)

function readPage({ items, ...page }: RawPage): ReadPage {
  const readable: Insight[] = []
  const unreadable: UnreadableItem[] = []
  for (const [index, value] of items.entries()) {
    const insight = readInsight(value)
    if (insight) readable.push(insight)
    else unreadable.push({ index, value, fault: insightFault(value) })
  }
  return { ...page, items: readable, unreadable }
}

function queryText(query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== false && value !== '') search.set(name, String(value))
  return search.size === 0 ? '' : `?${search.toString()}`
}
