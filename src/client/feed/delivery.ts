import { Beat, Reset } from '../../protocol/api.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { readInsight } from '../../protocol/insight/read.ts'
import { parseJson } from '../../protocol/json.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import { Dedupe } from './dedupe.ts'
import type { StreamEvent } from './event-stream.ts'
import type { FeedEvent, FeedPhase } from './feed-event.ts'
import type { CatchUp, FeedRecord } from './feed-state.ts'
import type { SkippedEvent } from './oversized-events.ts'
import { wholeNumber } from '../../text/format.ts'
import { plainWords } from '../../text/one-line.ts'
import { UnreadableNotices } from '../unreadable-notices.ts'

export interface DeliveryOptions {
  readonly record: FeedRecord
  readonly now: () => number
  readonly emit: (event: FeedEvent) => void
  /** When an earlier run ended, where this feed continues one. */
  readonly downAt: number | undefined
}

/**
 * From events of the stream to insights, each delivered once, and to the words about what was missed.
 *
 * What comes before the first beat of a connection is a snapshot, or, where a position was sent and
 * honoured, the replay after it. A server without beats is caught up once it has been quiet for a
 * moment, or has ended its response: its first burst is the snapshot, and what is new later is live.
 */
export class Delivery {
  readonly #record: FeedRecord
  readonly #now: () => number
  readonly #emit: (event: FeedEvent) => void
  readonly #dedupe = new Dedupe()
  readonly #notices = new UnreadableNotices()
  /** The cut that no `resumed` has answered yet, and what was replayed since. */
  #downAt: number | undefined
  #replayed = 0
  #gap: string | undefined
  // Of the connection at hand.
  #sentPosition = false
  #caughtUp = false
  #reset = false
  #fresh = 0
  #repeats = 0

  constructor({ record, now, emit, downAt }: DeliveryOptions) {
    this.#record = record
    this.#now = now
    this.#emit = emit
    this.#downAt = downAt
  }

  /** A response begins, for which a position was sent or not. */
  opened(sentPosition: boolean): void {
    this.#sentPosition = sentPosition
    this.#caughtUp = false
    this.#reset = false
    this.#fresh = 0
    this.#repeats = 0
    // A visit to a server that ends each response by design is no new connection.
    if (this.#record.state.status === 'live') return
    this.#catchUpAnew(sentPosition ? 'replay' : 'snapshot')
    this.#record.note({ lastBeatAt: undefined, lagMs: undefined })
  }

  /** The link was lost, at that time. */
  lost(at: number): void {
    this.#downAt ??= at
  }

  handle(event: StreamEvent): void {
    if (event.lastEventId !== '') this.#record.note({ lastEventId: event.lastEventId })
    if (event.type === 'beat') this.#beat(event.data)
    else if (event.type === 'reset') this.#resetTo(event.data)
    else this.#insight(event)
  }

  /** An event was left out because of its size. */
  skipped({ id, bytes }: SkippedEvent): void {
    const size = `${wholeNumber(Math.ceil(bytes / 1024))} KiB`
    const name = id === undefined ? 'without an id' : plainWords(id)
    this.#emit({ type: 'fault', message: `skipped an event of ${size}, too large to be an alert (${name})` })
    if (this.#downAt !== undefined) this.#gapBy('an event too large to be an alert')
  }

  /** The server said all that it had: by a beat, or, where it sends none, by being quiet or ending. */
  caughtUp(): void {
    if (this.#caughtUp) return
    this.#caughtUp = true
    const wasBehind = this.#record.state.catchUp !== undefined
    this.#record.note({ catchUp: undefined })
    this.#sayResumed()
    if (wasBehind) this.#emit({ type: 'state', state: this.#record.state })
  }

  #sayResumed(): void {
    const { beats, lastEventId, delivered } = this.#record.state
    const without = !beats && lastEventId === undefined
    // Without ids, a burst in which nothing is known says that more was between than it holds.
    if (without && this.#repeats === 0 && this.#fresh > 0 && delivered > this.#fresh) this.#gapBy('no-ids')
    if (this.#downAt === undefined && this.#gap === undefined) return
    const upAt = this.#now()
    this.#emit({
      type: 'resumed',
      downAt: this.#downAt ?? upAt,
      upAt,
      replayed: this.#replayed,
      gap: this.#gap,
    })
    this.#downAt = undefined
    this.#gap = undefined
    this.#replayed = 0
  }

  #beat(data: string): void {
    const now = this.#now()
    const beat = Beat.safeParse(parseJson(data))
    const time = beat.success ? parseTimestamp(beat.data.time) : undefined
    this.#record.note({
      beats: true,
      lastBeatAt: now,
      ...(time !== undefined && { skewMs: this.#skew(time - now) }),
    })
    if (this.#caughtUp) this.#emit({ type: 'state', state: this.#record.state })
    else this.caughtUp()
  }

  /** A beat that was held up on the way makes the server's clock look late: the fastest one is right. */
  readonly #offsets: number[] = []
  #skew(offset: number): number {
    this.#offsets.push(offset)
    if (this.#offsets.length > 8) this.#offsets.shift()
    return Math.max(...this.#offsets)
  }

  #resetTo(data: string): void {
    const reset = Reset.safeParse(parseJson(data))
    this.#reset = true
    this.#caughtUp = false
    this.#catchUpAnew('snapshot')
    // The old position is worth nothing any more; a cut from here on starts with a snapshot.
    this.#record.note({ lastEventId: undefined })
    this.#gapBy(reset.success ? plainWords(reset.data.reason) : 'unknown')
  }

  #catchUpAnew(phase: CatchUp['phase']): void {
    this.#record.note({ catchUp: { phase, received: 0, reached: undefined } })
  }

  #gapBy(reason: string): void {
    this.#gap = reason
    this.#record.count('gaps')
  }

  #insight({ data, lastEventId }: StreamEvent): void {
    const insight = readInsight(parseJson(data))
    if (!insight) {
      this.#emit({ type: 'fault', message: `an event is no insight: ${plainWords(data)}` })
      return
    }
    const id = lastEventId === '' ? undefined : lastEventId
    const phase = this.#phase(id)
    this.#advance(insight)
    const before = this.#dedupe.timestampOf(insight.alert_id)
    if (this.#dedupe.isRepeat(insight, id, phase === 'snapshot')) {
      this.#repeats++
      this.#record.count('duplicates')
      return
    }
    this.#fresh++
    this.#record.count('delivered')
    if (phase === 'replay') {
      this.#replayed++
      this.#record.count('replayed')
    }
    const receivedAt = this.#now()
    this.#record.note({
      lastEventAt: receivedAt,
      ...(phase === 'live' && insight.timestamp !== before && this.#lag(insight, receivedAt)),
    })
    const notice = this.#notices.noticeOf(insight)
    if (notice !== undefined) this.#emit({ type: 'fault', message: notice })
    this.#emit({ type: 'insight', insight, id, phase, receivedAt })
  }

  #lag(insight: Insight, receivedAt: number): { lagMs: number } | undefined {
    const time = timeOf(insight)
    if (time === undefined) return undefined
    return { lagMs: Math.max(0, receivedAt + (this.#record.state.skewMs ?? 0) - time) }
  }

  /** How far what was missed has come. A source whose clock is ahead says nothing about that. */
  #advance(insight: Insight): void {
    const { catchUp, skewMs = 0 } = this.#record.state
    if (catchUp === undefined) return
    const time = timeOf(insight)
    const isPast = time !== undefined && time <= this.#now() + skewMs
    const reached = isPast ? Math.max(time, catchUp.reached ?? 0) : catchUp.reached
    this.#record.note({ catchUp: { ...catchUp, received: catchUp.received + 1, reached } })
  }

  #phase(id: string | undefined): FeedPhase {
    if (this.#caughtUp) return 'live'
    if (this.#reset) return 'snapshot'
    if (this.#sentPosition) return 'replay'
    const isFirstBurst = this.#record.state.delivered === this.#fresh
    return isFirstBurst || id !== undefined ? 'snapshot' : 'live'
  }
}

/** An alert that somebody acknowledged or resolved keeps its timestamp, however old: it comes from then. */
function timeOf({ timestamp, acknowledged_at, resolved_at }: Insight): number | undefined {
  const times = [timestamp, acknowledged_at, resolved_at].flatMap((time) => parseTimestamp(time) ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}
