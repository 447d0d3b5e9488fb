import { readBeat, readReset, tryReader } from '../../api/readers.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { readInsight } from '../../../protocol/insight/read.ts'
import { parseJson } from '../../../protocol/json.ts'
import { parseTimestamp } from '../../../protocol/time/timestamp.ts'
import { plainWords } from '../../../text/one-line.ts'
import { UnreadableNotices } from '../../unreadable-notices.ts'
import type { DeliveryOptions } from './delivery-options.ts'
import { Dedupe } from './dedupe.ts'
import type { StreamEvent } from '../stream/event-stream.ts'
import type { FeedEvent, FeedPhase } from '../feed-event.ts'
import type { FeedRecord } from '../feed-state.ts'
import { LastSeen, type MissedRange } from './last-seen.ts'
import { type SkippedEvent, skippedMessage } from '../stream/oversized-events.ts'
import { Progress } from './progress.ts'
import { Resumption } from './resumption.ts'
import { changeTime, ServerClock } from './server-clock.ts'

/**
 * From events of the stream to insights, each delivered once, and to the words about what was missed.
 *
 * What comes before the first beat of a connection is a snapshot, or, where a position was sent and
 * honoured, the replay after it. A server without beats is caught up once it has been quiet for a
 * moment, or has ended its response: its first burst is the snapshot, and what is new later is live.
 * What the stream can't bring is recovered over REST. A method that returns a promise does so: nothing
 * else may be handed in before it is settled.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #record: FeedRecord
  readonly #dedupe = new Dedupe()
  readonly #notices = new UnreadableNotices()
  readonly #clock: ServerClock
  readonly #lastSeen: LastSeen
  readonly #progress: Progress
  /** What no `resumed` has told yet. */
  #resumption: Resumption
  // Of the connection at hand.
  #sentPosition = false
  #caughtUp = false
  #reset = false
  #fresh = 0
  #repeats = 0
  #newestBefore: number | undefined
  #missedSince = Infinity

  constructor(options: DeliveryOptions) {
    const { record, now, downAt, lastSeen } = options
    this.#options = options
    this.#record = record
    this.#clock = new ServerClock(record, now)
    this.#progress = new Progress(record, this.#clock)
    this.#lastSeen = new LastSeen(lastSeen ?? downAt)
    this.#resumption = new Resumption(downAt)
  }

  /** A response begins, for which a position was sent or not; or another visit to a server that ends each by design. */
  opened(sentPosition: boolean, isVisit: boolean): void {
    this.#sentPosition = sentPosition
    this.#caughtUp = false
    this.#reset = false
    this.#fresh = 0
    this.#repeats = 0
    this.#newestBefore = this.#lastSeen.newest
    this.#lastSeen.started(this.#clock.now())
    if (isVisit) return
    this.#progress.begin(sentPosition ? 'replay' : 'snapshot')
    this.#record.note({ lastBeatAt: undefined, lagMs: undefined })
  }

  /** The link was lost, at that time. */
  lost(at: number): void {
    this.#resumption.downAt ??= at
  }

  handle(event: StreamEvent): Promise<void> | undefined {
    if (event.lastEventId !== '') this.#record.note({ lastEventId: event.lastEventId })
    if (event.type === 'beat') return this.#beat(event.data)
    if (event.type === 'reset') return this.#resetTo(event.data)
    return this.#insight(event)
  }

  /** The stream has passed this position, also where it came without an event. */
  passed(id: string): void {
    this.#record.note({ lastEventId: id === '' ? undefined : id })
  }

  /** An event was left out because of its size. */
  skipped(event: SkippedEvent): void {
    this.#emit({ type: 'fault', message: skippedMessage(event) })
    if (this.#resumption.downAt !== undefined) this.#addGap('an event too large to be an alert', undefined)
  }

  /** The server said all that it had: by a beat, or, where it sends none, by being quiet or ending. */
  caughtUp(): Promise<void> | undefined {
    if (this.#caughtUp) return undefined
    this.#caughtUp = true
    const { beats, lastEventId, delivered } = this.#record.state
    // Without ids, what came while the link was down, or is in no answer of a visit, has to be read.
    const isBurst = this.#fresh > 0 && delivered > this.#fresh
    const isCut = this.#resumption.downAt !== undefined
    const isGap = !beats && lastEventId === undefined && this.#repeats === 0 && (isBurst || isCut)
    if (!isGap) return this.#sayCaughtUp()
    this.#addGap('no-ids', undefined)
    return this.#heal(this.#newestBefore, false).then(() => this.#sayCaughtUp())
  }

  #sayCaughtUp(): undefined {
    const wasBehind = this.#record.state.catchUp !== undefined
    this.#record.note({ catchUp: undefined })
    this.#sayResumed()
    if (wasBehind) this.#emit({ type: 'state', state: this.#record.state })
  }

  /** Reads over REST what came since, and delivers it before all that the stream brings from now on. */
  async #heal(newest: number | undefined, hasIds: boolean): Promise<void> {
    const { now, recover } = this.#options
    const resumption = this.#resumption
    const range = this.#lastSeen.missed(newest, this.#clock.at(resumption.downAt ?? now()))
    this.#missedSince = range.since
    const fault = await recover(range, hasIds, (insight) => this.#recovered(insight, range))
    if (fault === undefined) resumption.heal()
    else resumption.fault = fault
  }

  /** Takes in an alert from REST; says whether it was known. */
  #recovered(insight: Insight, { since }: MissedRange): boolean {
    const isKnown = this.#dedupe.has(insight.alert_id)
    const time = parseTimestamp(insight.timestamp)
    if (!isKnown && time !== undefined && time < since) return false
    if (this.#dedupe.isRepeat(insight, undefined, true)) return true
    this.#dedupe.expectAgain(insight.alert_id)
    this.#progress.advance(insight)
    this.#resumption.recovered++
    this.#resumption.find()
    this.#record.count('recovered')
    this.#deliver(insight, undefined, 'replay')
    return isKnown
  }

  #sayResumed(): void {
    const resumption = this.#resumption
    if (!resumption.isOpen) return
    this.#resumption = new Resumption(undefined)
    this.#record.count('healed', resumption.healed)
    this.#emit(resumption.event(this.#options.now()))
  }

  #beat(data: string): Promise<void> | undefined {
    const time = parseTimestamp(tryReader(readBeat, parseJson(data))?.time)
    this.#record.note({ beats: true, lastBeatAt: this.#options.now() })
    if (time !== undefined) this.#clock.beat(time)
    if (!this.#caughtUp) return this.caughtUp()
    this.#emit({ type: 'state', state: this.#record.state })
    return undefined
  }

  #resetTo(data: string): Promise<void> {
    const { reason, missed } = tryReader(readReset, parseJson(data)) ?? {
      reason: 'unknown',
      missed: undefined,
    }
    this.#reset = true
    this.#caughtUp = false
    this.#progress.begin('snapshot')
    // The old position is worth nothing any more; a cut from here on starts with a snapshot.
    this.#record.note({ lastEventId: undefined })
    this.#addGap(plainWords(reason), missed)
    return this.#heal(this.#lastSeen.newest, true)
  }

  #addGap(reason: string, missed: number | undefined): void {
    this.#resumption.addGap(reason, missed)
    this.#record.count('gaps')
  }

  #insight({ data, lastEventId }: StreamEvent): undefined {
    const insight = readInsight(parseJson(data))
    if (!insight) {
      this.#emit({ type: 'fault', message: `an event is no insight: ${plainWords(data)}` })
      return undefined
    }
    const id = lastEventId === '' ? undefined : lastEventId
    const phase = this.#phase(id)
    this.#progress.advance(insight)
    const before = this.#dedupe.timestampOf(insight.alert_id)
    if (this.#dedupe.isRepeat(insight, id, phase === 'snapshot')) {
      this.#repeats++
      this.#record.count('duplicates')
      return undefined
    }
    this.#fresh++
    if (phase === 'replay') {
      this.#resumption.replayed++
      this.#record.count('replayed')
    } else if (phase === 'snapshot' && this.#isMissed(insight)) this.#resumption.find()
    const isNews = phase === 'live' && insight.timestamp !== before
    this.#deliver(insight, id, phase, isNews)
    return undefined
  }

  /** Whether it changed in the gap that was read last. */
  #isMissed(insight: Insight): boolean {
    return this.#reset && (changeTime(insight) ?? Infinity) >= this.#missedSince
  }

  #deliver(insight: Insight, id: string | undefined, phase: FeedPhase, isNews = false): void {
    const receivedAt = this.#options.now()
    const { beats, lastEventId } = this.#record.state
    this.#record.count('delivered')
    this.#lastSeen.see(insight, this.#clock.at(receivedAt))
    this.#record.note({ lastEventAt: receivedAt, newest: this.#lastSeen.newest })
    if (isNews) this.#noteLag(insight, receivedAt)
    // An older server knows no filters.
    const isUnwanted = !beats && lastEventId === undefined && this.#options.matches?.(insight) === false
    if (isUnwanted) return
    const notice = this.#notices.noticeOf(insight)
    if (notice !== undefined) this.#emit({ type: 'fault', message: notice })
    this.#emit({ type: 'insight', insight, id, phase, receivedAt })
  }

  #noteLag(insight: Insight, receivedAt: number): void {
    const time = changeTime(insight)
    if (time === undefined) return
    const lagMs = Math.max(0, this.#clock.at(receivedAt) - time)
    this.#lastSeen.late(lagMs)
    this.#record.note({ lagMs })
  }

  #phase(id: string | undefined): FeedPhase {
    if (this.#caughtUp) return 'live'
    if (this.#reset) return 'snapshot'
    if (this.#sentPosition) return 'replay'
    const isFirstBurst = this.#record.state.delivered === this.#fresh
    return isFirstBurst || id !== undefined ? 'snapshot' : 'live'
  }

  #emit(event: FeedEvent): void {
    this.#options.emit(event)
  }
}
