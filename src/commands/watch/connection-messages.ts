import { absenceWords, onReturn } from '../../client/feed/absence.ts'
import type { Feed, FeedEvent, FeedState } from '../../client/feed/feed.ts'
import { resumedMessage } from '../../client/feed/resumed-message.ts'
import type { Io } from '../../program/io.ts'
import { longAge } from '../../text/format.ts'
import { sanitize } from '../../text/sanitize.ts'

interface Options {
  readonly feed: Feed
  readonly url: string
  readonly io: Pick<Io, 'stderr' | 'now'>
  /** Whether it goes on where an earlier run was left: the first line says what came since. */
  readonly isReturning: boolean
}

/**
 * Tells on stderr how the connection is: each change once. A good start is told to a terminal only; a program that
 * reads stderr hears of trouble, and of its end.
 */
export class ConnectionMessages {
  readonly #options: Options
  #isTalkative: boolean
  #told = ''
  #isReturning: boolean

  constructor(options: Options) {
    this.#options = options
    const { feed, io, isReturning } = options
    this.#isTalkative = io.stderr.isTTY ?? false
    this.#isReturning = isReturning
    if (isReturning) onReturn(feed, (absence) => this.#say(absenceWords(absence, io.now())))
  }

  tell(event: FeedEvent): void {
    if (event.type === 'state') this.#tellState(event.state)
    else if (event.type === 'fault') this.#say(event.message)
    else if (event.type === 'resumed' && this.#isReturning) this.#isReturning = false
    else if (event.type === 'resumed') {
      this.#say(`resumed after ${longAge(event.upAt - event.downAt)}: ${resumedMessage(event)}`)
    }
  }

  /** Beats are states, too: only a change is news. */
  #tellState({ status, attempt, nextTryAt, reason, failure, catchUp }: FeedState): void {
    const change = `${status} ${catchUp?.phase}`
    if (change === this.#told) return
    this.#told = change
    if (status === 'retrying') {
      this.#isTalkative = true
      const wait = longAge(Math.max(1000, (nextTryAt ?? 0) - this.#options.io.now() + 500))
      this.#say(
        `link down (${reason ?? 'cut'}), retry in ${wait}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
      )
    } else if (!this.#isTalkative) return
    else if (status === 'connecting') this.#say(`connecting to ${this.#options.url}`)
    else if (status === 'live' && catchUp) {
      if (catchUp.phase === 'replay') this.#say(`catching up from ${this.#options.url}`)
    } else if (status === 'live') this.#say(`live from ${this.#options.url}`)
    else if (reason !== undefined && failure === undefined) this.#say(`ended: ${reason}`)
  }

  #say(message: string): void {
    this.#options.io.stderr.write(`iops: ${sanitize(message)}\n`)
  }
}
