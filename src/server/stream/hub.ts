import type { Writable } from 'node:stream'
import type { Cursor } from '../../protocol/cursor.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import { beatFrame, beatMs } from '../../protocol/frames.ts'
import { type Block, encodeBlock, selectFrames } from './block.ts'
import { catchUp, type CatchUpHub } from './catch-up.ts'
import { chunkOf } from './chunk.ts'
import { FrameRing } from './frame-ring.ts'
import type { Logger } from '../telemetry/logger.ts'
import { LogReader } from './log-reader.ts'
import type { Opening } from './opening.ts'
import { ConditionVariable } from '../stores/condition-variable.ts'
import type { Entry, Store } from '../stores/store.ts'
import { type Framing, Subscriber } from './subscriber.ts'

export interface HubOptions {
  readonly store: Store
  readonly logger: Logger
  readonly now?: () => Date
  /** Milliseconds between beats. */
  readonly beatMs?: number
  /** A live reader that has left this many bytes unread when more are due is cut off. */
  readonly backlogBytes?: number
  /** A reader that takes nothing for so long while it catches up is cut off, in milliseconds. */
  readonly stallMs?: number
  /** About how many bytes a reader that catches up is handed before it has to take them. */
  readonly sliceBytes?: number
  /** How much of the newest log is kept encoded. */
  readonly ring?: { readonly frames: number; readonly bytes: number }
}

/** Subscribers with one filter: it is evaluated once for all of them. */
interface Lane {
  readonly filter: Filter | undefined
  readonly live: Set<Subscriber>
}

/**
 * Fans the log out to every open stream.
 *
 * Delivery: every subscriber gets each entry after its position that matches its filter once, in log
 * order, until its stream ends. Nothing is shown before it is durable. What a stream has passed, it
 * never sends again; what it missed, its next connection gets by the last event id.
 * Dropped: a live reader whose backlog passes a bound is cut off, and so is one that takes nothing
 * at all while it catches up. Entries that retention took before a reader came to them are announced
 * by a reset, never skipped in silence. Nobody waits for anybody else.
 *
 * The seam: `position` moves in one place, `flush`, which encodes a block and hands it to everyone
 * who is live in the same turn of the event loop. A subscriber becomes live in the very turn in
 * which its own position equals the hub's, so there is no moment in which an entry could fall
 * between replay and live, or into both.
 */
export class Hub implements CatchUpHub {
  readonly store: Store
  /** Counts since the start. */
  readonly stats = { delivered: 0, cutOff: 0, resets: 0 }
  readonly stallMs: number
  readonly sliceBytes: number
  epoch: string
  /** The last sequence that has been handed to everyone live. */
  position: number
  ring: FrameRing
  readonly #logger: Logger
  readonly #now: () => Date
  readonly #backlogBytes: number
  readonly #ringSize: { readonly frames: number; readonly bytes: number }
  readonly #lanes = new Map<string, Lane>()
  readonly #catching = new Set<Subscriber>()
  readonly #reader: LogReader
  readonly #beats: NodeJS.Timeout
  #passed: Cursor
  readonly #moved = new ConditionVariable()
  readonly #closing = new AbortController()

  /** Resolves once the newest part of the log is in the ring. */
  static async start(options: HubOptions): Promise<Hub> {
    const head = await options.store.head()
    const hub = new Hub(options, head)
    await hub.#reader.prime(head, hub.#ringSize.frames)
    return hub
  }

  private constructor(options: HubOptions, head: Cursor) {
    this.store = options.store
    this.#logger = options.logger
    this.#now = options.now ?? (() => new Date())
    this.#backlogBytes = options.backlogBytes ?? 1024 * 1024
    this.stallMs = options.stallMs ?? 60_000
    this.sliceBytes = options.sliceBytes ?? 64 * 1024
    this.#ringSize = options.ring ?? { frames: 8192, bytes: 2 * 1024 * 1024 }
    this.epoch = head.epoch
    this.position = head.sequence
    this.#passed = head
    this.ring = new FrameRing(head.sequence, this.#ringSize)
    this.#reader = new LogReader(this.store, this.#logger, {
      isWatched: () => this.subscribers > 0,
      start: (from) => this.#moveTo(from),
      flush: (entries) => this.#flush(entries),
      lost: (head) => this.#startOver(head),
    })
    this.#beats = setInterval(() => this.#beat(), options.beatMs ?? beatMs).unref()
  }

  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** The last position that everyone live has passed. */
  get cursor(): Cursor {
    return this.#passed
  }

  /** Open streams, those that still catch up included. */
  get subscribers(): number {
    let count = this.#catching.size
    for (const lane of this.#lanes.values()) count += lane.live.size
    return count
  }

  /** Serves a stream on `out` from its opening on, until either side ends it. */
  attach(out: Writable, framing: Framing, opening: Opening): void {
    const subscriber = new Subscriber(out, framing, opening.filter)
    if (this.signal.aborted) return subscriber.end()
    this.#catching.add(subscriber)
    out.on('error', ignore)
    out.on('close', () => this.#leave(subscriber))
    catchUp(this, subscriber, opening).catch((error: unknown) => {
      this.#logger('warn', 'a stream ended early', { error: String(error) })
      subscriber.end()
    })
  }

  /** Call in the turn in which the subscriber has passed exactly `position`. */
  goLive(subscriber: Subscriber): void {
    if (!this.#catching.delete(subscriber)) return
    const key = subscriber.filter?.key ?? ''
    let lane = this.#lanes.get(key)
    if (!lane) this.#lanes.set(key, (lane = { filter: subscriber.filter, live: new Set() }))
    lane.live.add(subscriber)
    subscriber.writeText(beatFrame(this.cursor, this.#now()))
  }

  #leave(subscriber: Subscriber): void {
    this.#catching.delete(subscriber)
    const key = subscriber.filter?.key ?? ''
    const lane = this.#lanes.get(key)
    if (lane?.live.delete(subscriber) && lane.live.size === 0) this.#lanes.delete(key)
  }

  /** Resolves after `position` has moved, or when the hub closes. */
  moved(): Promise<void> {
    return this.#moved.wait()
  }

  #flush(entries: readonly Entry[]): number {
    const block = encodeBlock(entries)
    this.ring.push(block)
    this.position = block.last
    this.#passed = entries.at(-1)?.cursor ?? this.#passed
    let audience = 0
    let reached = 0
    for (const lane of this.#lanes.values()) {
      audience += lane.live.size
      if (this.#deliver(lane, block, entries)) reached += lane.live.size
    }
    this.#moved.wakeAll()
    return audience === 0 ? 0 : reached / audience
  }

  /** Whether there was something for this lane. */
  #deliver({ filter, live }: Lane, block: Block, entries: readonly Entry[]): boolean {
    const selected = selectFrames(block, entries, filter)
    if (!selected) return false
    const { chunk, count } = selected
    for (const subscriber of live) {
      if (subscriber.out.writableLength > this.#backlogBytes) this.#cutOff(subscriber)
      else subscriber.write(chunk)
    }
    this.stats.delivered += count * live.size
    return true
  }

  #cutOff(subscriber: Subscriber): void {
    this.stats.cutOff++
    this.#logger('warn', 'a stream was cut off: its reader is too slow', {
      backlog: subscriber.out.writableLength,
    })
    subscriber.out.destroy()
    this.#leave(subscriber)
  }

  #beat(): void {
    const chunk = chunkOf(beatFrame(this.cursor, this.#now()))
    for (const { live } of this.#lanes.values())
      for (const subscriber of live)
        if (subscriber.out.writableLength <= this.#backlogBytes) subscriber.write(chunk)
  }

  #moveTo(from: Cursor): void {
    this.epoch = from.epoch
    this.position = from.sequence
    this.#passed = from
    this.ring = new FrameRing(from.sequence, this.#ringSize)
  }

  /** The log is another one, or its end was missed: every stream comes back by its cursor and is told. */
  #startOver(head: Cursor): void {
    this.#moveTo(head)
    this.#endAll()
    this.#moved.wakeAll()
  }

  #endAll(): void {
    for (const { live } of this.#lanes.values()) for (const subscriber of live) subscriber.end()
    for (const subscriber of this.#catching) subscriber.end()
  }

  /** Hands out what has been read, then ends every stream. The store stays open. */
  async close(): Promise<void> {
    clearInterval(this.#beats)
    await this.#reader.close()
    this.#closing.abort()
    this.#endAll()
    this.#moved.wakeAll()
  }
}

/** A link that broke is a stream that ended: `close` follows. */
function ignore(): void {}
