import { backoffDelay } from './backoff.ts'
import { Delivery } from './delivery.ts'
import { openEventStream, type StreamEnd } from './event-stream.ts'
import { type FeedListener, FeedListeners } from './feed-event.ts'
import { type FeedOptions, type FeedTiming, usualTiming } from './feed-options.ts'
import { FeedRecord, type FeedState } from './feed-state.ts'
import { Gate } from './gate.ts'
import { type SilenceWatch, watchSilence } from './silence.ts'
import { counted } from '../../text/format.ts'
import { failureOf, judge, type Verdict } from './stream-verdict.ts'

/** A silence of so many beats means that the link is dead. */
const deadAfterBeats = 2.5
/** A beat that is late by so many of them may not come at all. */
const lateAfterBeats = 1.5
/** A server can ask for a `retry` of at most so many milliseconds. */
const maxRetryAsked = 600_000

/** The feed's connection, over all its losses; `createFeed` says when it comes back. */
export class Link {
  readonly record: FeedRecord
  readonly listeners = new FeedListeners()
  readonly #options: FeedOptions
  readonly #timing: FeedTiming
  readonly #now: () => number
  readonly #delivery: Delivery
  readonly #gate = new Gate()
  #retry: number
  #failures = 0
  #wasLive = false
  #begun = false
  #closed = false
  // Of the connection at hand.
  #closeStream: (() => void) | undefined
  #silence: SilenceWatch | undefined
  #timer: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined
  #sawBytes = false
  #sawEvent = false
  #sawBeatAt: number | undefined
  #isStable = false

  constructor(options: FeedOptions) {
    const { lastEventId, lastSeenAt, timing, now = Date.now } = options
    this.#options = options
    this.#now = now
    this.#timing = { ...usualTiming, ...timing }
    this.#retry = this.#timing.retry
    this.record = new FeedRecord(lastEventId, this.#timing.beat)
    const downAt = lastEventId === undefined ? undefined : (lastSeenAt ?? now())
    const emit: FeedListener = (event) => this.listeners.emit(event)
    this.#delivery = new Delivery({ record: this.record, now, emit, downAt })
  }

  get #url(): string {
    const { connection, filter, limit, firstLimit = limit } = this.#options
    const url = new URL(connection.streamUrl)
    const wanted = this.#wasLive ? limit : firstLimit
    if (filter) url.searchParams.set('filter', filter)
    if (wanted !== undefined) url.searchParams.set('limit', String(wanted))
    return url.href
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
    this.#silence?.touch()
    this.#gate.open()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#settle()
    this.#gate.open()
    this.#set({ status: 'stopped', nextTryAt: undefined, reason: undefined, catchUp: undefined })
  }

  #set(change: Partial<FeedState>): void {
    this.record.note(change)
    this.listeners.emit({ type: 'state', state: this.record.state })
  }

  #connect(): void {
    const { lastEventId, status } = this.record.state
    this.#sawBytes = false
    this.#sawEvent = false
    this.#sawBeatAt = undefined
    this.#isStable = false
    this.#set({ status: status === 'live' ? 'live' : 'connecting', nextTryAt: undefined })
    // A listener may have closed the feed.
    if (this.#closed) return
    this.#closeStream = openEventStream({
      connection: this.#options.connection,
      url: this.#url,
      lastEventId,
      answerTimeout: this.#timing.answer,
      types: ['message', 'beat', 'reset'],
      gate: this.#gate,
      onSkipped: (skipped) => this.#delivery.skipped(skipped),
      onOpen: () => this.#opened(lastEventId !== undefined),
      onBytes: () => this.#heard(),
      onRetry: (delay) => (this.#retry = Math.min(delay, maxRetryAsked)),
      onPosition: (id) => this.record.note({ lastEventId: id === '' ? undefined : id }),
      onEvent: (event) => {
        this.#sawEvent = true
        if (event.type === 'beat') this.#beaten()
        this.#delivery.handle(event)
      },
      onEnd: (end) => this.#ended(end),
    })
  }

  #opened(sentPosition: boolean): void {
    this.#wasLive = true
    this.#delivery.opened(sentPosition)
    this.#silence = watchSilence(
      () => this.#maxSilence(),
      (ms) => this.#silent(ms),
    )
    this.#timer = setTimeout(() => this.#stable(), this.#timing.stable)
    this.#awaitQuiet()
    this.#set({ status: 'live', connectedAt: this.#now(), reason: undefined })
  }

  /** Undefined where silence proves nothing: a server that never beat, or a feed that doesn't read. */
  #maxSilence(): number | undefined {
    if (this.#gate.isClosed) return undefined
    const { beats, beatMs, lastEventId } = this.record.state
    const shouldSpeak = beats || lastEventId !== undefined || !this.#sawBytes
    return shouldSpeak ? deadAfterBeats * beatMs : undefined
  }

  #heard(): void {
    this.#sawBytes = true
    this.#silence?.touch()
    this.record.note({ lastByteAt: this.#now() })
    this.#awaitQuiet()
  }

  /**
   * A server without beats has said all that it had once it is quiet for a moment. One that gives ids is no such server:
   * where its beat is late, only a silence of more than a beat says as much.
   */
  #awaitQuiet(): void {
    const { beats, beatMs, lastEventId } = this.record.state
    clearTimeout(this.#quiet)
    if (beats) return
    const wait = lastEventId === undefined ? this.#timing.quiet : lateAfterBeats * beatMs
    this.#quiet = setTimeout(() => this.#delivery.caughtUp(), wait)
  }

  /** A server that beats more slowly than usual is given its own time. */
  #beaten(): void {
    clearTimeout(this.#quiet)
    const now = performance.now()
    if (this.#sawBeatAt !== undefined)
      this.record.note({ beatMs: Math.max(this.record.state.beatMs, now - this.#sawBeatAt) })
    this.#sawBeatAt = now
    this.#stable()
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
    else this.#lost(judge(end, this.#now()))
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
    clearTimeout(this.#quiet)
    this.#silence?.stop()
    this.#closeStream?.()
    this.#closeStream = undefined
  }
}
