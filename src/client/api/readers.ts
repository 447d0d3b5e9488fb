import type { Aggregations, ErrorBody, Fault, PublishResult, RecentPage } from '../../protocol/answers.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { insightFault, readInsight } from '../../protocol/insight/read.ts'

/**
 * Reads what a server answered; `path` is where the value stands in the answer. Throws an {@link AnswerFault}. What is
 * not asked for passes through. The schemas of `protocol/api.ts` say the same, and take ten times as long to load.
 */
export type AnswerReader<T> = (value: unknown, path?: string) => T

/** What stands in the answer is not what should. */
export class AnswerFault extends Error {
  override readonly name = 'AnswerFault'
  constructor(message: string, path: string) {
    super(path === '' ? message : `${message} at ${path}`)
  }
}

/** The value where it can be read, as zod's `safeParse` does. */
export function tryReader<T>(reader: AnswerReader<T>, value: unknown): T | undefined {
  try {
    return reader(value)
  } catch (error) {
    if (error instanceof AnswerFault) return undefined
    throw error
  }
}

const anything: AnswerReader<unknown> = (value) => value

const typed =
  <T>(type: string, noun: string): AnswerReader<T> =>
  (value, path = '') => {
    if (typeof value === type) return value as T
    throw new AnswerFault(value === undefined ? `${noun} is missing` : `there is no ${noun}`, path)
  }
const text = typed<string>('string', 'text')
const number = typed<number>('number', 'number')

const optional =
  <T>(reader: AnswerReader<T>): AnswerReader<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : reader(value, path)

const list =
  <T>(reader: AnswerReader<T>): AnswerReader<T[]> =>
  (value, path = '') => {
    if (!Array.isArray(value)) throw new AnswerFault('there is no list', path)
    return value.map((item, index) => reader(item, join(path, String(index))))
  }

const record =
  <T>(reader: AnswerReader<T>): AnswerReader<Record<string, T>> =>
  (value, path = '') => {
    const entries = Object.entries(object(value, path))
    return Object.fromEntries(entries.map(([name, item]) => [name, reader(item, join(path, name))]))
  }

const shape =
  <T extends object>(readers: { readonly [Name in keyof T]-?: AnswerReader<T[Name]> }): AnswerReader<T> =>
  (value, path = '') => {
    const given = object(value, path)
    const read = { ...given }
    for (const [name, reader] of Object.entries(readers) as [string, AnswerReader<unknown>][])
      if (name in given || reader(undefined, join(path, name)) !== undefined)
        read[name] = reader(given[name], join(path, name))
    return read as T
  }

function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw new AnswerFault('there is no object', path)
}

const join = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

const counts = record(number)

export const readAggregations: AnswerReader<Aggregations> = shape<Aggregations>({
  total: number,
  critical: number,
  avgRisk: number,
  byType: counts,
  warning: optional(number),
  info: optional(number),
  byStatus: optional(counts),
  buckets: optional(list(shape({ start: text, total: number, critical: number }))),
})

/** A page whose items are still to be read one by one. */
export type RawPage = Omit<RecentPage, 'items'> & { items: unknown[] }

export const readRawPage: AnswerReader<RawPage> = shape<RawPage>({
  items: list(anything),
  nextToken: (value, path) => (value === null ? null : optional(text)(value, path)),
  aggregations: optional(readAggregations),
})

export const readInsightAnswer: AnswerReader<Insight> = (value, path = '') => {
  const insight = readInsight(value)
  if (insight === undefined) throw new AnswerFault(insightFault(value), path)
  return insight
}

const results: readonly unknown[] = ['created', 'updated', 'unchanged']

export const readPublishResult: AnswerReader<PublishResult> = shape<PublishResult>({
  accepted: number,
  items: list(
    shape<PublishResult['items'][number]>({
      alert_id: text,
      id: text,
      result: (value, path = '') => {
        if (results.includes(value)) return value as 'created' | 'updated' | 'unchanged'
        throw new AnswerFault('there is no result', path)
      },
    }),
  ),
})

export const readErrorBody: AnswerReader<ErrorBody> = shape<ErrorBody>({
  error: text,
  code: optional(text),
  details: optional(list(anything)),
})

/** A fault of a request that is no batch has no index. */
export const readFault: AnswerReader<Pick<Fault, 'path' | 'message'> & { index: number | undefined }> = shape(
  {
    index: optional(number),
    path: text,
    message: text,
  },
)

/** Data of `event: beat`: the server's clock. */
export const readBeat: AnswerReader<{ readonly time: string }> = shape({ time: text })

/** Data of `event: reset`: why the position could not be honoured, and how many events came since, where that is known. */
export const readReset: AnswerReader<{ readonly reason: string; readonly missed: number | undefined }> =
  shape<{
    readonly reason: string
    readonly missed: number | undefined
  }>({ reason: text, missed: (value) => (typeof value === 'number' && value >= 0 ? value : undefined) })
