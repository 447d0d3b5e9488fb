import type { Feed, FeedEvent } from '../../client/feed/feed.ts'
import { Failure } from '../../program/failure.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import { longAge } from '../../text/format.ts'
import { plainWords } from '../../text/one-line.ts'
import { isWithin } from '../../client/history/history.ts'

interface Conditions {
  readonly until?: Filter
  readonly failOn?: Filter
  readonly count?: number
  /** Milliseconds. */
  readonly timeout?: number
  /** RFC 3339: what was there at the start counts, too, if it isn't older. */
  readonly since?: string
}

/** Why a watch ends by itself. */
export interface ConditionEnd {
  readonly message: string
  /** Undefined where this is the good end. */
  readonly failure: Failure | undefined
}

/** A timer takes at most so many milliseconds; 24 days. */
const maxTimer = 2 ** 31 - 1

/**
 * Ends a watch when an alert meets a condition, or the time is up; `signal` aborts with a {@link ConditionEnd}. Only
 * what happens after `startedAt` counts, not what was there already, unless `since` asks for it.
 */
export class EndCondition {
  readonly #conditions: Conditions
  readonly #feed: Pick<Feed, 'state'>
  readonly #startedAt: number
  readonly #controller = new AbortController()
  readonly #timeIsUp = new AbortController()
  readonly #timer: NodeJS.Timeout | undefined

  constructor(conditions: Conditions, feed: Pick<Feed, 'state'>, startedAt: number) {
    this.#conditions = conditions
    this.#feed = feed
    this.#startedAt = startedAt
    const { timeout } = conditions
    if (timeout !== undefined)
      this.#timer = setTimeout(() => this.#timeUp(timeout), Math.min(timeout, maxTimer))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Aborts when the time is up, also where something else ended the watch before. */
  get timeIsUp(): AbortSignal {
    return this.#timeIsUp.signal
  }

  /** Looks at what the feed brings. */
  see(event: FeedEvent): void {
    if (event.type === 'insight' && this.#counts(event)) this.consider(event.insight)
  }

  /** Looks at an alert that counts. Where one meets both conditions, it is the one that must not happen. */
  consider(insight: Insight): void {
    const { until, failOn } = this.#conditions
    const name = plainWords(insight.alert_id)
    if (failOn?.matches(insight)) this.#end(`--fail-on is met by ${name}`, 'conditionMet')
    else if (until?.matches(insight)) this.#end(`--until is met by ${name}`)
  }

  /** Something that was expected stays out, and that is to end the watch. */
  silent(message: string): void {
    this.#end(message, 'conditionMet')
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }

  #counts({ phase, insight }: Extract<FeedEvent, { type: 'insight' }>): boolean {
    const { since } = this.#conditions
    if (phase !== 'snapshot') return true
    if (since !== undefined) return isWithin(insight, { since, until: undefined })
    // The first snapshot is what was there before. One after a gap may hold what happened since.
    const { gaps, disconnectedAt, skewMs = 0 } = this.#feed.state
    const isFirst = gaps === 0 && disconnectedAt === undefined
    return !isFirst && lastChange(insight) >= this.#startedAt + skewMs
  }

  #timeUp(timeout: number): void {
    this.#timeIsUp.abort()
    const { until, failOn, count } = this.#conditions
    const after = longAge(timeout)
    const onlyFailOn = failOn !== undefined && until === undefined && count === undefined
    const { status, reason, gaps, healed } = this.#feed.state
    if (!onlyFailOn) this.#end(`the time is up after ${after}`, 'timeout')
    else if (status !== 'live')
      this.#end(
        `the time is up after ${after}, and whether --fail-on was met isn't known: ${reason ?? 'no connection'}`,
        'unreachable',
      )
    else if (gaps > healed)
      this.#end(
        `the time is up after ${after}, and whether --fail-on was met isn't known: alerts may be missing`,
        'timeout',
      )
    else this.#end(`nothing met --fail-on within ${after}`)
  }

  #end(message: string, reason?: Failure['reason']): void {
    const failure = reason && new Failure(reason, message)
    this.#controller.abort({ message, failure } satisfies ConditionEnd)
  }
}

function lastChange({ timestamp, acknowledged_at, resolved_at }: Insight): number {
  return Math.max(...[timestamp, acknowledged_at, resolved_at].map((time) => parseTimestamp(time) ?? 0))
}
