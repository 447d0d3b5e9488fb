import type { Insight } from '../../../protocol/insight/insight.ts'
import type { Api } from '../../api/api.ts'
import { PassingFailure } from '../../api/passing-failure.ts'
import { sleep } from '../../sleep.ts'
import { readHistory } from '../../history/history.ts'
import type { MissedRange } from './last-seen.ts'

export interface RecoverOptions {
  readonly api: Pick<Api, 'recent'>
  readonly filter: { readonly text: string; matches(insight: Insight): boolean } | undefined
  readonly range: MissedRange
  /** A server with ids keeps to the contract: its pages are all there is since a time. */
  readonly hasIds: boolean
  /** Takes an alert in, oldest first; says whether it was known. */
  readonly take: (insight: Insight) => boolean
  /** Resolves when the consumer takes more; undefined while it does. */
  readonly room: () => Promise<void> | undefined
  readonly signal: AbortSignal
}

/** Live alerts wait meanwhile, so a REST side that does not answer is given up soon; milliseconds. */
const waits = [500, 2000]
const maxPageTime = 10_000

/**
 * Reads over REST what the stream can't bring any more. Resolves with undefined where that is all there is since then,
 * else with why others may be missing.
 */
export async function recover(options: RecoverOptions): Promise<string | undefined> {
  const { api, filter, range, take, room, signal, hasIds } = options
  const since = new Date(range.from).toISOString()
  const recent: Api['recent'] = (query) => withPatience(() => api.recent(query), signal)
  let isWhole = hasIds
  let unreadable = 0
  try {
    for await (const page of readHistory({ recent }, { since, filter })) {
      unreadable += page.unreadable.length
      isWhole ||= page.reachesBack
      for (const insight of page.items) {
        if (signal.aborted) return 'closed'
        if (take(insight)) isWhole = true
      }
      await room()
    }
  } catch (error) {
    return (error as Error).message
  }
  if (unreadable > 0) return `${unreadable} can't be read`
  return isWhole ? undefined : 'its history does not reach back'
}

async function withPatience<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 0; ; attempt++)
    try {
      return await withinTime(ask())
    } catch (error) {
      const wait = waits[attempt]
      if (signal.aborted || wait === undefined || !(error instanceof PassingFailure)) throw error
      await sleep(wait, signal)
    }
}

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no answer within ${maxPageTime / 1000} s`)), maxPageTime)
  try {
    return await Promise.race([answer, promise])
  } finally {
    clearTimeout(timer)
  }
}
