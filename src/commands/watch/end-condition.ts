import type { Feed } from '../../client/feed/feed.ts'
import { Failure } from '../../program/failure.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import { longAge } from '../../text/format.ts'

interface Conditions {
  readonly until?: Filter
  readonly failOn?: Filter
  /** Milliseconds. */
  readonly timeout?: number
}

/** The longest time that a timer takes; 24 days. */
const longestTimer = 2 ** 31 - 1

/** Aborts with a {@link Failure} when an alert of the feed meets a condition, or the time is up. */
export function createEndCondition({ until, failOn, timeout }: Conditions, feed: Feed) {
  const controller = new AbortController()
  const end = (reason: Failure['reason'], words: string) => controller.abort(new Failure(reason, words))
  const unsubscribe = feed.subscribe((event) => {
    if (event.type !== 'insight') return
    const met = until?.matches(event.insight) ? '--until' : failOn?.matches(event.insight) && '--fail-on'
    if (met) end('conditionMet', `${met} is met by ${event.insight.alert_id}`)
  })
  const timer =
    timeout &&
    setTimeout(
      () => end('timeout', `the time is up after ${longAge(timeout)}`),
      Math.min(timeout, longestTimer),
    )
  return {
    signal: controller.signal,
    cancel(): void {
      clearTimeout(timer)
      unsubscribe()
    },
  }
}
