import type { FeedEvent } from '../../client/feed/feed.ts'
import type { Failure } from '../../program/failure.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import type { AlertSink } from './alert-sink.ts'
import type { EndCondition } from './end-condition.ts'
import { isWithin } from '../../client/history/history.ts'

interface Options {
  readonly sink: AlertSink
  readonly condition: EndCondition
  readonly since: string | undefined
  readonly count: number | undefined
}

/** Takes what the feed and the history bring into the sink, up to the event that ends the watch. */
export class Intake {
  readonly #options: Options
  readonly #ended = Promise.withResolvers<Failure | undefined>()
  readonly #over = new AbortController()
  #taken = 0

  constructor(options: Options) {
    this.#options = options
  }

  /** Resolves at the end, with what it was if it was no good one. */
  get ended(): Promise<Failure | undefined> {
    return this.#ended.promise
  }

  /** Aborted once it has ended. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  end(failure?: Failure): void {
    this.#over.abort()
    this.#ended.resolve(failure)
  }

  /** An alert of the history. Resolves when there is room for the next one. */
  read(insight: Insight): Promise<void> | undefined {
    const { sink, condition } = this.#options
    if (this.over.aborted) return undefined
    sink.take(insight, undefined)
    condition.consider(insight)
    this.#count()
    return sink.room
  }

  handle(event: FeedEvent): void {
    if (this.over.aborted) return
    const { sink, condition, since } = this.#options
    if (event.type === 'insight') {
      const { insight, id, phase } = event
      const isOld =
        phase === 'snapshot' && since !== undefined && !isWithin(insight, { since, until: undefined })
      if (isOld) return this.skip(id)
      sink.take(insight, id)
      condition.see(event)
      this.#count()
    } else if (event.type === 'state') {
      const { status, failure, lastEventId } = event.state
      if (status === 'stopped') this.end(failure)
      else if (lastEventId !== undefined) sink.pass(lastEventId)
    }
  }

  /** An event with nothing to show. */
  skip(id: string | undefined): void {
    if (id !== undefined && !this.over.aborted) this.#options.sink.pass(id)
  }

  #count(): void {
    if (++this.#taken === this.#options.count) this.end()
  }
}
