import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../../client/api/api.ts'
import type { FeedEvent } from '../../../client/feed/feed.ts'
import { Failure } from '../../../program/failure.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { type HistoryQuery, readHistory } from '../../../client/history/history.ts'
import { Seam } from './seam.ts'

interface Options {
  readonly api: Pick<Api, 'recent'>
  readonly query: HistoryQuery
  /** An alert of the history; what it returns is waited for. */
  readonly take: (insight: Insight) => Promise<void> | undefined
  /** An event of the feed, once the history is read. */
  readonly handle: (event: FeedEvent) => void
  /** An event that repeats what the history had, by its id. */
  readonly skip: (id: string | undefined) => void
  /** Whether the feed is to be paused for the history. */
  readonly pause: (isReading: boolean) => void
  readonly say: (message: string) => void
  readonly signal: AbortSignal
}

/** A server without beats has begun to stream after so long, in milliseconds. */
const quiet = 2500
/** What was appended while the history was read has come after so long; then it need not be remembered. */
const settled = 30_000
const maxWait = 30_000

/**
 * First the history over REST, then the feed: connected before the history is read, held meanwhile, so that nothing is
 * lost between the two; what both have comes once.
 */
export class HistoryThenFeed {
  readonly #options: Options
  readonly #seam = new Seam()
  readonly #connected = Promise.withResolvers<void>()
  #held: FeedEvent[] | undefined = []
  #quiet: NodeJS.Timeout | undefined
  #readAt: number | undefined

  constructor(options: Options) {
    this.#options = options
    options.signal.addEventListener('abort', () => clearTimeout(this.#quiet), { once: true })
  }

  /** Everything that the feed brings. */
  see(event: FeedEvent): void {
    if (event.type === 'state' && event.state.status === 'live') this.#noteLive(event.state)
    const isEnd = event.type === 'state' && event.state.status === 'stopped'
    if (isEnd || !this.#held) this.#pass(event)
    else if (event.type === 'insight' || event.type === 'state') this.#hold(event, this.#held)
  }

  /** Resolves when the history is read and the feed goes on. Throws a {@link Failure}. */
  async read(): Promise<void> {
    const { pause, take, query, say, signal } = this.#options
    await this.#connected.promise
    pause(true)
    for await (const { items, unreadable } of readHistory({ recent: (page) => this.#retried(page) }, query)) {
      for (const { fault } of unreadable) say(`an alert of the history can't be read: ${fault}`)
      for (const insight of items) {
        if (signal.aborted) return
        this.#seam.remember(insight)
        await take(insight)
      }
    }
    this.#readAt = performance.now()
    const held = this.#held ?? []
    this.#held = undefined
    for (const event of held) this.#pass(event)
    pause(false)
  }

  #noteLive({ beats }: Extract<FeedEvent, { type: 'state' }>['state']): void {
    if (beats) this.#connected.resolve()
    else this.#quiet ??= setTimeout(() => this.#connected.resolve(), quiet).unref()
    if (this.#readAt !== undefined && performance.now() - this.#readAt > settled) this.#seam.forget()
  }

  #hold(event: FeedEvent, held: FeedEvent[]): void {
    // Of states only the last one tells something.
    if (event.type === 'state' && held.at(-1)?.type === 'state') held.pop()
    held.push(event)
  }

  #pass(event: FeedEvent): void {
    const { handle, skip } = this.#options
    if (event.type === 'insight' && this.#seam.isRepeat(event.insight)) skip(event.id)
    else handle(event)
  }

  /** A server that can't be reached just now is asked again; the feed says for how long. */
  async #retried(query: Parameters<Api['recent']>[0]) {
    const { api, say, signal } = this.#options
    for (let wait = 1000; ; wait = Math.min(wait * 2, maxWait))
      try {
        return await api.recent(query)
      } catch (error) {
        if (signal.aborted || !(error instanceof Failure) || error.reason !== 'unreachable') throw error
        say(`${error.message}; reading the history again in ${wait / 1000} s`)
        await sleep(wait, undefined, { signal })
      }
  }
}
