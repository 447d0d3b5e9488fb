import {
  createFeed,
  type Feed,
  type FeedEvent,
  type FeedState,
  type FeedStatus,
} from '../../client/feed/feed.ts'
import type { HttpConnection } from '../../client/http/http-connection.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { paced } from './paced.ts'
import { type SseStatus, sseStatusOf } from './sse-status.ts'

/** What the hook's component sees. */
export interface SseView {
  readonly status: SseStatus
  readonly lastMessage: Insight | undefined
}

export interface SseTarget {
  /** A base URL, or the stream's own. */
  readonly url: string
  readonly token?: string | undefined
  /** A PEM file of authorities to trust besides the system's. */
  readonly ca?: string | undefined
  /** For `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly filter?: string | undefined
  /** The first delay before a reconnect, in milliseconds, until the server names its own; 5000 by default. */
  readonly reconnectInterval?: number | undefined
  /** Consecutive reconnects that may fail before it gives up; 10 by default. */
  readonly maxReconnectAttempts?: number | undefined
}

export interface SseHandlers {
  /** Every insight, also those that come too fast to be drawn. */
  readonly onMessage?: ((insight: Insight) => void) | undefined
  readonly onConnect?: (() => void) | undefined
  /** The link was lost, or ended; not called when the component goes. */
  readonly onDisconnect?: (() => void) | undefined
  /** An attempt failed, in words, or something on the stream is no insight. */
  readonly onError?: ((error: Error) => void) | undefined
}

/** React draws what the feed brings at most so often, in milliseconds; a change of status at once. */
const drawPace = 100

/** The feed of one mounted hook, outside React. Opens nothing before `connect`. */
export class SseSession {
  #view: SseView = { status: 'connecting', lastMessage: undefined }
  #lastMessage: Insight | undefined
  #listeners = new Set<() => void>()
  #feed: Feed | undefined
  readonly #connect: (target: SseTarget) => HttpConnection
  #connection: HttpConnection | undefined
  #undo: (() => void)[] = []
  #feedStatus: FeedStatus = 'connecting'
  #wasLive = false
  #lastEventId: string | undefined
  #draw = paced(drawPace, () => this.#show())

  constructor(connect: (target: SseTarget) => HttpConnection) {
    this.#connect = connect
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
  readonly view = (): SseView => this.#view

  /** Connects, or tries now instead of later. After `disconnect` it goes on from where it was. */
  connect(target: SseTarget, handlers: () => SseHandlers, attach: (feed: Feed) => () => void): void {
    if (this.#feed) return this.#feed.reconnect()
    const { filter, reconnectInterval = 5000, maxReconnectAttempts = 10 } = target
    try {
      this.#connection = this.#connect(target)
    } catch (error) {
      this.#show('error')
      handlers().onError?.(error as Error)
      return
    }
    const feed = createFeed({
      connection: this.#connection,
      filter,
      lastEventId: this.#lastEventId,
      maxAttempts: maxReconnectAttempts + 1,
      timing: { retry: reconnectInterval },
    })
    this.#feed = feed
    this.#undo = [feed.subscribe((event) => this.#take(event, handlers())), attach(feed)]
    feed.start()
  }

  disconnect(): void {
    const feed = this.#feed
    if (!feed) return
    this.#feed = undefined
    feed.close()
    for (const undo of this.#undo.splice(0)) undo()
    this.#lastEventId = feed.state.lastEventId
    void this.#connection?.close()
    this.#connection = undefined
    this.#feedStatus = 'connecting'
    this.#wasLive = false
  }

  /** The component goes, or looks elsewhere: without a word, and without a position in another log. */
  forget(): void {
    for (const undo of this.#undo.splice(0)) undo()
    this.disconnect()
    this.#lastEventId = undefined
    this.#lastMessage = undefined
    this.#show('connecting')
  }

  #take(event: FeedEvent, handlers: SseHandlers): void {
    if (event.type === 'insight') {
      this.#lastMessage = event.insight
      this.#draw()
      handlers.onMessage?.(event.insight)
    } else if (event.type === 'fault') handlers.onError?.(new Error(event.message))
    else if (event.type === 'state') this.#change(event.state, handlers)
  }

  #change(state: FeedState, handlers: SseHandlers): void {
    const { status, reason, failure, nextTryAt } = state
    const changed = status !== this.#feedStatus
    this.#feedStatus = status
    const shown = sseStatusOf(state)
    if (shown !== this.#view.status) this.#show(shown)
    const isLive = status === 'live'
    const wasLive = this.#wasLive
    // While an attempt is under way nothing has been lost yet that was not lost before.
    if (status !== 'connecting') this.#wasLive = isLive
    if (isLive && !wasLive && nextTryAt === undefined) handlers.onConnect?.()
    if (wasLive && !isLive) handlers.onDisconnect?.()
    const failed = changed && (status === 'retrying' || status === 'stopped') && reason !== undefined
    if (failed) handlers.onError?.(failure ?? new Error(reason))
  }

  #show(status: SseStatus = this.#view.status): void {
    this.#view = { status, lastMessage: this.#lastMessage }
    for (const listener of this.#listeners) listener()
  }
}
