import { createApi } from '../api/api.ts'
import { backoffDelay } from './stream/backoff.ts'
import { Delivery } from './delivery/delivery.ts'
import { openEventStream, type StreamEnd } from './stream/event-stream.ts'
import { type FeedListener, FeedListeners } from './feed-event.ts'
import { type FeedOptions, type FeedTiming, usualTiming } from './feed-options.ts'
import { FeedRecord, type FeedState } from './feed-state.ts'
import { Gate } from './stream/gate.ts'
import { HeldDelivery } from './delivery/held-delivery.ts'
import { Pulse } from './stream/pulse.ts'
import { recover, type RecoverOptions } from './delivery/recover.ts'
import { counted } from '../../text/format.ts'
import { streamUrl } from './stream/stream-url.ts'
import { failureOf, judge, type Verdict } from './stream/stream-verdict.ts'

/** A server can ask for a `retry` of at most so many milliseconds. */
const maxRetryAsked = 600_000

/** The feed's connection, over all its losses; `createFeed` says when it comes back. */
export class Link {
  readonly record: FeedRecord
  readonly listeners = new FeedListeners()
  readonly #options: FeedOptions
  readonly #timing: FeedTiming
  readonly #now: () => number
  readonly #delivery: HeldDelivery
  readonly #pulse: Pulse
  /** Closed by a consumer that is full, and while a gap is healed. */
  readonly #gate = new Gate()
  readonly #healing = new Gate()
  readonly #over = new AbortController()
  #retry: number
  #failures = 0
  #wasLive = false
  #begun = false
  #closed = false
  // Of the connection at hand.
  #closeStream: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #sawEvent = false
  #isStable = false

  constructor(options: FeedOptions) {
    const { lastEventId, lastSeenAt, lastSeen, filter, timing, now = Date.now } = options
    this.#options = options
    this.#now = now
    this.#timing = { ...usualTiming, ...timing }
    this.#retry = this.#timing.retry
    this.record = new FeedRecord(lastEventId, this.#timing.beat)
    const downAt = lastEventId === undefined ? undefined : (lastSeenAt ?? now())
    const emit: FeedListener = (event) => {
      if (!this.#closed) this.listeners.emit(event)
    }
    const delivery = new Delivery({
      record: this.record,
      now,
      emit,
      downAt,
      lastSeen,
      matches: typeof filter === 'object' ? (insight) => filter.matches(insight) : undefined,
      recover: (range, hasIds, take) => this.#recover({ range, hasIds, take }),
    })
    this.#delivery = new HeldDelivery(delivery, this.record)
    this.#pulse = new Pulse({
      record: this.record,
      timing: this.#timing,
      now,
      isReading: () => !this.#gate.isClosed && !this.#healing.isClosed,
      onSilence: (ms) => this.#silent(ms),
      onQuiet: () => this.#delivery.caughtUp(),
    })
  }

  /** Nothing is read from the stream meanwhile: what is recovered comes first. */
  async #recover(missed: Pick<RecoverOptions, 'range' | 'hasIds' | 'take'>): Promise<string | undefined> {
    const { connection, filter, api = createApi(connection) } = this.#options
    this.#healing.close()
    const fault = await recover({
      ...missed,
      api,
      filter: typeof filter === 'string' ? { text: filter, matches: () => true } : filter,
      room: () => this.#gate.opened,
      signal: this.#over.signal,
    })
    this.#pulse.touch()
    this.#healing.open()
    return fault
  }

  start(): void {
    if (this.#begun || this.#closed) return
    this.#begun = true
    this.#connect()
  }

  reconnect(): void {
    const { status, nextTryAt } = this.record.state
    if (this.#closed || !this.#begun) return
    if (status === 'stopped') {
      this.#failures = 0
      this.record.note({ attempt: 0, refused: false, failure: undefined })
    } else if (nextTryAt === undefined) return
    clearTimeout(this.#timer)
    this.#connect()
  }

  pause(): void {
    if (!this.#closed) this.#gate.close()
  }

  resume(): void {
    if (!this.#gate.isClosed) return
    this.#pulse.touch()
    this.#gate.open()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#over.abort()
    this.#delivery.close()
    this.#settle()
    this.#gate.open()
    this.#healing.open()
    this.#set({ status: 'stopped', nextTryAt: undefined, reason: undefined, catchUp: undefined })
  }

  #set(change: Partial<FeedState>): void {
    this.record.note(change)
    this.listeners.emit({ type: 'state', state: this.record.state })
  }

  #connect(): void {
    const { lastEventId, status } = this.record.state
    this.#sawEvent = false
    this.#isStable = false
    this.#set({ status: status === 'live' ? 'live' : 'connecting', nextTryAt: undefined })
    // A listener may have closed the feed.
    if (this.#closed) return
    this.#closeStream = openEventStream({
      connection: this.#options.connection,
      url: streamUrl(this.#options, this.#wasLive),
      lastEventId,
      answerTimeout: this.#timing.answer,
      types: ['message', 'beat', 'reset'],
      gates: [this.#gate, this.#healing],
      onSkipped: (skipped) => this.#delivery.skipped(skipped),
      onOpen: () => this.#opened(lastEventId !== undefined),
      onBytes: () => this.#pulse.heard(),
      onRetry: (delay) => (this.#retry = Math.min(delay, maxRetryAsked)),
      onPosition: (id) => this.#delivery.passed(id),
      onEvent: (event) => {
        this.#sawEvent = true
        if (event.type === 'beat') {
          this.#pulse.beat()
          this.#stable()
        }
        this.#delivery.handle(event)
      },
      onEnd: (end) => this.#ended(end),
    })
  }

  #opened(sentPosition: boolean): void {
    this.#wasLive = true
    this.#delivery.opened(sentPosition)
    this.#pulse.start()
    this.#timer = setTimeout(() => this.#stable(), this.#timing.stable)
    this.#set({ status: 'live', connectedAt: this.#now(), reason: undefined })
  }

  #stable(): void {
    this.#isStable = true
    this.#failures = 0
    if (this.record.state.attempt > 0) this.#set({ attempt: 0 })
  }

  #silent(ms: number): void {
    const message = `no byte for ${Math.round(ms / 1000)} s`
    this.#closeStream?.()
    // What was sent since the last byte never came: that is how long the link was down.
    this.#lost({ message, next: 'retry', reason: 'unreachable' }, this.#now() - ms)
  }

  #ended(end: StreamEnd): void {
    const { beats, lastEventId } = this.record.state
    const clean = end.kind === 'ended' && this.#sawEvent
    if (clean) {
      this.#isStable = true
      this.record.note({ attempt: 0 })
    }
    const old = !beats && lastEventId === undefined
    const byDesign = clean && old
    // Elsewhere what is left of a snapshot or replay comes with the next connection.
    if (old && this.#sawEvent) this.#delivery.caughtUp()
    if (byDesign) this.#wait(1, undefined, { status: 'live' })
    else this.#lost(judge(end, this.#now(), this.#options.connection.explain))
  }

  #lost(verdict: Verdict, since = this.#now()): void {
    const { maxAttempts = Infinity } = this.#options
    const { status, attempt: failed, disconnectedAt } = this.record.state
    const wasUp = status === 'live'
    this.#settle()
    if (wasUp) this.#delivery.lost(since)
    const attempt = failed + 1
    // The loss of a link that worked is no failed attempt yet.
    this.#failures = this.#isStable ? 0 : this.#failures + 1
    const stops = verdict.next === 'stop' || (verdict.next === 'unless-live' && !this.#wasLive)
    const disconnected = wasUp ? since : disconnectedAt
    const down = { attempt, disconnectedAt: disconnected, catchUp: undefined, lagMs: undefined }
    if (stops) this.#stop(verdict, down)
    else if (this.#failures >= maxAttempts)
      this.#stop(
        { ...verdict, message: `gave up after ${counted(maxAttempts, 'attempt')}: ${verdict.message}` },
        down,
      )
    else this.#wait(attempt, verdict.retryAfter, { ...down, status: 'retrying', reason: verdict.message })
  }

  #stop(verdict: Verdict, change: Partial<FeedState>): void {
    const failure = failureOf(verdict, this.#options.connection.baseUrl)
    const refused = verdict.reason === 'notAllowed'
    this.#set({
      ...change,
      status: 'stopped',
      nextTryAt: undefined,
      reason: verdict.message,
      refused,
      failure,
    })
  }

  #wait(attempt: number, retryAfter: number | undefined, change: Partial<FeedState>): void {
    const { random = Math.random } = this.#options
    const backoff = { retry: this.#retry, maxRetry: this.#timing.maxRetry, attempt, random: random() }
    const delay = retryAfter ?? backoffDelay(backoff)
    this.#settle()
    this.#timer = setTimeout(() => this.#connect(), delay)
    this.#set({ ...change, nextTryAt: this.#now() + delay })
  }

  /** Lets go of the connection at hand, and of what waits. */
  #settle(): void {
    clearTimeout(this.#timer)
    this.#pulse.stop()
    this.#closeStream?.()
    this.#closeStream = undefined
  }
}
