import type { FeedEvent } from './feed-event.ts'
import type { FeedState } from './feed-state.ts'
import type { FeedOptions } from './feed-options.ts'
import { type HandledEntry, HandledLog } from './handled-log.ts'
import { Link } from './link.ts'

/** An alert, as it came. */
export type AlertEvent = Extract<FeedEvent, { type: 'insight' }>
type Resumed = Extract<FeedEvent, { type: 'resumed' }>

/** So many alerts wait for a loop before the server is held back, and so few let it go on. */
const maxWaiting = 256
const fewWaiting = 64

/**
 * A live feed of alerts: each version once, in the server's order. It connects when somebody subscribes or iterates, comes
 * back after every loss, goes on by its position, and reads over REST what a server can't send again.
 */
export interface LiveFeed extends AsyncIterable<AlertEvent>, Disposable {
  readonly state: FeedState
  /** Everything up to this id was handled: keep it, and give it as `lastEventId` next time. */
  readonly position: string | undefined
  /** Hears of alerts, of the link and of what was missed. Returns the unsubscribe. A listener that throws stops no other. */
  subscribe(listener: (event: FeedEvent) => void): () => void
  /**
   * Alerts one by one, no faster than the loop takes them. One is handled once the loop's body has ended, and not where it
   * threw or left. The loop ends when the feed does; it throws where the feed failed.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<AlertEvent>
  /** An alert is handled; needed with `manualAck`, and where a loop is left after its last one. */
  ack(event: AlertEvent): void
  /** Tries now instead of at `state.nextTryAt`; a feed that stopped by itself starts anew. */
  reconnect(): void
  close(): void
}

export interface ConsumerOptions extends FeedOptions {
  /** Closes the feed. */
  readonly signal?: AbortSignal | undefined
  /** Subscribers acknowledge each alert by `ack`; by default one is handled once every subscriber returned. */
  readonly manualAck?: boolean | undefined
  /** The server could not go on from the position: what was recovered, and what wasn't. */
  readonly onGap?: ((gap: Resumed) => void) | undefined
  /** The position moved. */
  readonly onPosition?: ((position: string, newest: number | undefined) => void) | undefined
}

export function createLiveFeed(options: ConsumerOptions): LiveFeed {
  return new Consumer(options)
}

class Consumer implements LiveFeed {
  readonly #link: Link
  readonly #options: ConsumerOptions
  readonly #handled: HandledLog
  readonly #entries = new WeakMap<AlertEvent, HandledEntry>()
  readonly #loops = new Set<(event: AlertEvent | undefined) => void>()
  position: string | undefined

  constructor(options: ConsumerOptions) {
    const { signal, onPosition, lastEventId } = options
    this.#options = options
    this.#link = new Link(options)
    this.position = lastEventId
    this.#handled = new HandledLog((id, newest) => {
      this.position = id
      onPosition?.(id, newest)
    })
    this.#link.listeners.add((event) => this.#take(event))
    signal?.addEventListener('abort', () => this.close(), { once: true })
    if (signal?.aborted) this.close()
  }

  get state(): FeedState {
    return this.#link.record.state
  }

  subscribe(listener: (event: FeedEvent) => void): () => void {
    const unsubscribe = this.#link.listeners.add(listener)
    this.#link.start()
    return unsubscribe
  }

  ack(event: AlertEvent): void {
    const entry = this.#entries.get(event)
    if (entry && entry.pending > 0) this.#handled.done(entry)
  }

  reconnect(): void {
    this.#link.start()
    this.#link.reconnect()
  }

  close(): void {
    this.#link.close()
    for (const loop of this.#loops) loop(undefined)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AlertEvent, void, undefined> {
    const waiting: AlertEvent[] = []
    let news = Promise.withResolvers<void>()
    const loop = (event: AlertEvent | undefined) => {
      if (event) waiting.push(event)
      if (waiting.length > maxWaiting) this.#link.pause()
      news.resolve()
    }
    this.#loops.add(loop)
    this.#link.start()
    try {
      for (;;) {
        const event = waiting.shift()
        if (event) {
          if (waiting.length === fewWaiting) this.#link.resume()
          yield event
          this.ack(event)
        } else if (this.state.status === 'stopped') {
          if (this.state.failure) throw this.state.failure
          return
        } else {
          await news.promise
          news = Promise.withResolvers()
        }
      }
    } finally {
      this.#loops.delete(loop)
      if (this.#loops.size === 0) this.close()
    }
  }

  #take(event: FeedEvent): void {
    const { onGap, manualAck = false } = this.#options
    if (event.type === 'insight') {
      this.#entries.set(event, this.#handled.add(event.id, 1, Math.min(timeOf(event), event.receivedAt)))
      if (this.#loops.size === 0 && !manualAck) queueMicrotask(() => this.ack(event))
      for (const loop of this.#loops) loop(event)
    } else if (event.type === 'state') {
      const { lastEventId, status } = event.state
      if (lastEventId !== undefined) this.#handled.pass(lastEventId)
      if (status === 'stopped') for (const loop of this.#loops) loop(undefined)
    } else if (event.type === 'resumed' && event.gap !== undefined) onGap?.(event)
  }
}

const timeOf = ({ insight: { timestamp }, receivedAt }: AlertEvent): number =>
  typeof timestamp === 'string' ? Date.parse(timestamp) : receivedAt
