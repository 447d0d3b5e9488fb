import type { Feed, FeedEvent } from '../../../client/feed/feed.ts'
import { longAge } from '../../../text/format.ts'
import { type Expectation, expectedText, silenceText } from './expectation.ts'

interface Options {
  readonly expectations: readonly Expectation[]
  readonly feed: Pick<Feed, 'state'>
  readonly now: () => number
  readonly say: (message: string) => void
  /** One stays out, or has come back. Once for each silence. */
  readonly onChange: (expected: Expectation, isSilent: boolean) => void
}

interface Awaited {
  readonly expected: Expectation
  /** When it was last heard, or waiting for it began; undefined before the first connection has caught up. */
  heardAt: number | undefined
  state: 'heard' | 'unknown' | 'silent'
  timer: NodeJS.Timeout | undefined
}

/** A timer takes at most so many milliseconds; 24 days. */
const maxTimer = 2 ** 31 - 1

/**
 * Notices expected alerts that stay out. A source is silent only once the server has said something after the time
 * was up, for a beat comes after every alert before it: without one it is the link that is dead, and whether the
 * source is silent isn't known. What was there before the watch began doesn't count.
 */
export class SilenceWatch {
  readonly #options: Options
  readonly #awaited: readonly Awaited[]

  constructor(options: Options) {
    this.#options = options
    this.#awaited = options.expectations.map((expected) => ({
      expected,
      heardAt: undefined,
      state: 'heard',
      timer: undefined,
    }))
    const began = options.now()
    // Where no connection ever comes, that isn't known is said, too.
    for (const one of this.#awaited) this.#wait(one, began)
  }

  see(event: FeedEvent): void {
    if (event.type === 'insight' && event.phase !== 'snapshot') {
      for (const one of this.#awaited) if (one.expected.filter.matches(event.insight)) this.#hear(one)
    } else if (event.type === 'state') for (const one of this.#awaited) this.#check(one)
  }

  cancel(): void {
    for (const { timer } of this.#awaited) clearTimeout(timer)
  }

  #hear(one: Awaited): void {
    const { now, say, onChange } = this.#options
    const { heardAt, state } = one
    one.heardAt = now()
    one.state = 'heard'
    this.#wait(one, one.heardAt)
    if (state !== 'silent') return
    say(`${expectedText(one.expected)}: heard again after ${longAge(one.heardAt - (heardAt ?? one.heardAt))}`)
    onChange(one.expected, false)
  }

  #wait(one: Awaited, from: number): void {
    clearTimeout(one.timer)
    const left = from + one.expected.every - this.#options.now()
    one.timer = setTimeout(() => this.#timeUp(one, from), Math.min(Math.max(left, 0), maxTimer))
  }

  #timeUp(one: Awaited, from: number): void {
    if (this.#options.now() < from + one.expected.every) this.#wait(one, from)
    else this.#check(one, true)
  }

  #check(one: Awaited, isTimeUp = false): void {
    const { feed, now, say, onChange } = this.#options
    const { status, catchUp, beats, lastBeatAt = 0, reason } = feed.state
    const isLive = status === 'live' && (catchUp === undefined || !beats)
    if (isLive && one.heardAt === undefined) {
      one.heardAt = now()
      this.#wait(one, one.heardAt)
    }
    if (one.state === 'silent') return
    const deadline = (one.heardAt ?? -Infinity) + one.expected.every
    const isOver = isTimeUp || now() >= deadline
    if (isLive && one.heardAt !== undefined && now() >= deadline && (!beats || lastBeatAt >= deadline)) {
      one.state = 'silent'
      say(silenceText(one.expected))
      onChange(one.expected, true)
    } else if (!isLive && one.state === 'heard' && isOver && (isTimeUp || one.heardAt !== undefined)) {
      one.state = 'unknown'
      say(
        `${expectedText(one.expected)}: whether it is silent isn't known, the link is down (${reason ?? 'connecting'})`,
      )
    }
  }
}
