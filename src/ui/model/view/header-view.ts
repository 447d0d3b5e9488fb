import { lagText, longAge, ordinal, shortAge, shortNumber } from '../../../text/format.ts'
import { sanitize } from '../../../text/sanitize.ts'
import type { Figures } from '../data.ts'
import { overdueMs } from '../overdue.ts'
import { serverNow } from '../server-now.ts'
import type { ViewState } from '../state.ts'

/** The age of a beat that is not late is told in steps, in milliseconds: half the frames of a quiet night. */
const beatStep = 2000
const highLag = 10_000

/** How the link stands. `silent` is up by its word only: the sign of life that is due has not come. */
export type LinkView =
  | { readonly kind: 'live' }
  | { readonly kind: 'silent' }
  /** `behind` is how old the newest is of what came so far. */
  | {
      readonly kind: 'catchingUp'
      readonly received: string | undefined
      readonly behind: string | undefined
    }
  | { readonly kind: 'connecting'; readonly attempt: string | undefined }
  | { readonly kind: 'retrying'; readonly attempt: string | undefined; readonly wait: string }
  | { readonly kind: 'stopped' }

/** The first line: how the link stands, how old what is shown is, and how bad things are. */
export interface HeaderView {
  readonly link: LinkView
  readonly url: string
  /** Events that wait while the view is frozen. */
  readonly frozen: string | undefined
  /** Of the live alerts; absent while none come. */
  readonly lag: { readonly text: string; readonly isHigh: boolean } | undefined
  readonly beat: string | undefined
  /** For how long the sign of life has been due. */
  readonly overdue: { readonly sign: 'beat' | 'byte'; readonly text: string } | undefined
  readonly perMinute: string | undefined
  /** How old all of it is, while the link is down; `undefined` inside when nothing ever came. */
  readonly data: { readonly age: string | undefined } | undefined
  /** Why the link is down; `short` says it with the system's code where that says it all. */
  readonly reason: { readonly text: string; readonly short: string } | undefined
  /** The server's totals by severity; an older server knows the critical ones and the sum. */
  readonly counts: Counts
}

interface Counts {
  readonly total: number | undefined
  readonly critical: number | undefined
  readonly warning: number | undefined
  readonly info: number | undefined
}

export function headerView(
  state: ViewState,
  { url, figures }: { readonly url: string; readonly figures: Figures },
): HeaderView {
  const { feed, now, totals } = state
  const { total, critical, warning, info } = totals?.value ?? {}
  const isUp = feed.status === 'live'
  const isLive = isUp && !feed.catchUp
  const overdue = overdueMs(state)
  const quiet = isLive && feed.lastBeatAt !== undefined ? now - feed.lastBeatAt : undefined
  const age = feed.lastByteAt === undefined ? undefined : shortAge(now - feed.lastByteAt)
  return {
    link: linkView(state),
    url: sanitize(url),
    frozen: isUp && state.frozen ? shortNumber(state.waiting) : undefined,
    // While nothing flows the last lag says nothing.
    lag:
      isLive && feed.lagMs !== undefined && figures.perMinute > 0
        ? { text: lagText(feed.lagMs), isHigh: feed.lagMs > highLag }
        : undefined,
    beat: quiet === undefined || overdue !== undefined ? undefined : shortAge(quiet - (quiet % beatStep)),
    overdue:
      overdue === undefined ? undefined : { sign: feed.catchUp ? 'byte' : 'beat', text: shortAge(overdue) },
    perMinute: isLive ? shortNumber(figures.perMinute) : undefined,
    data: isUp ? undefined : { age },
    reason: isUp ? undefined : reasonView(feed.reason),
    counts: { total, critical, warning, info },
  }
}

function linkView(state: ViewState): LinkView {
  const { feed, now } = state
  const attempt = feed.attempt > 0 ? ordinal(feed.attempt) : undefined
  switch (feed.status) {
    case 'connecting':
      return { kind: 'connecting', attempt }
    case 'live':
      if (feed.catchUp) return catchingUp(feed.catchUp, serverNow(state))
      return { kind: overdueMs(state) === undefined ? 'live' : 'silent' }
    case 'retrying': {
      const wait = Math.max(0, Math.ceil(((feed.nextTryAt ?? now) - now) / 1000))
      return { kind: 'retrying', attempt, wait: `${wait}s` }
    }
    case 'stopped':
      return { kind: 'stopped' }
    default:
      return feed.status satisfies never
  }
}

function catchingUp(
  { received, reached }: { readonly received: number; readonly reached: number | undefined },
  now: number,
): LinkView {
  return {
    kind: 'catchingUp',
    received: received > 0 ? shortNumber(received) : undefined,
    behind: reached === undefined ? undefined : longAge(now - reached),
  }
}

function reasonView(reason: string | undefined): HeaderView['reason'] {
  const text = sanitize((reason ?? '').slice(0, 200))
  if (text === '') return undefined
  // Of `connection refused (ECONNREFUSED)` the system's code says it all; other codes say less than the message.
  const [, message = text, code = ''] = /^(.+) \((\w+)\)$/.exec(text) ?? []
  return { text, short: /^E[A-Z]+$/.test(code) ? code : message }
}
