import { setTimeout as sleep } from 'node:timers/promises'
import type { Cursor } from '../../protocol/cursor.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Entry, Store } from '../stores/store.ts'

interface Follower {
  /** Reading begins after this position. */
  start(from: Cursor): void
  /** The next entries, at least one, without a gap. Returns the share of the audience that got something, up to 1. */
  flush(entries: readonly Entry[]): number
  /** Whether anybody is there to get it. */
  isWatched(): boolean
  /** What comes next can't be known; reading goes on after `head`. */
  lost(head: Cursor): void
}

/** Bounds a block: what one turn of the event loop encodes and sends. */
const maxBlockEntries = 1024
/** Reading waits when so many entries are read and not yet handed on. */
const maxPendingEntries = 8192
const pauseMs = 1000

/**
 * After handing on comes a rest as long as it takes to reach everyone, and no longer than this, in milliseconds. Who
 * posts then gets a turn, and what comes in travels together: a write for two events costs little more than for one.
 */
const maxRestMs = 15

/**
 * The one reader of the store. What arrives is handed on by `setImmediate`, so that everything of
 * one turn of the event loop travels together; or after the rest that a large audience makes due:
 * one event alone and at once at low load, large blocks under overload, and no timer to tune.
 */
export class LogReader {
  readonly #store: Store
  readonly #logger: Logger
  readonly #follower: Follower
  readonly #stop = new AbortController()
  #incoming: Entry[] = []
  #scheduled: Promise<void> | undefined
  #running: Promise<void> = Promise.resolve()
  #from: Cursor = { epoch: '', sequence: 0 }
  /** Nothing is handed on before this time, in milliseconds of the process's clock. */
  #restsUntil = 0

  constructor(store: Store, logger: Logger, follower: Follower) {
    this.#store = store
    this.#logger = logger
    this.#follower = follower
  }

  /** Starts up to `back` entries before `head`; resolves once `head` is reached. */
  async prime(head: Cursor, back: number): Promise<void> {
    this.#from = { ...head, sequence: Math.max(0, head.sequence - back) }
    this.#follower.start(this.#from)
    let primed: (() => void) | undefined
    const reached = new Promise<void>((resolve) => (primed = resolve))
    const check = () => {
      if (this.#from.sequence >= head.sequence) primed?.()
    }
    check()
    this.#running = this.#run(head, check)
    await Promise.race([reached, this.#running])
  }

  async #run(head: Cursor, progress: () => void): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#follow(head, progress)
      } catch (error) {
        this.#logger('error', 'the log could not be read; trying again', { error: String(error) })
        await sleep(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => {})
      }
    }
  }

  async #follow(head: Cursor, progress: () => void): Promise<void> {
    const isWatched = () => this.#follower.isWatched()
    for await (const batch of this.#store.read(this.#from, { signal: this.#stop.signal, isWatched })) {
      if ('reset' in batch) {
        await this.#scheduled
        await this.#restart(head, batch.reset)
        progress()
        return
      }
      this.#from = batch.next
      for (const entry of batch.entries) this.#incoming.push(entry)
      this.#scheduled ??= this.#schedule()
      // While priming nobody listens yet, and the caller waits until everything is handed on.
      if (this.#incoming.length > maxPendingEntries || batch.next.sequence <= head.sequence)
        await this.#scheduled
      progress()
    }
  }

  /** The start may be older than what retention left: then half as far back, down to the head itself. */
  async #restart(head: Cursor, reason: string): Promise<void> {
    const back = head.sequence - this.#from.sequence
    if (reason === 'expired' && head.epoch === this.#from.epoch && back > 0) {
      this.#from = { ...head, sequence: head.sequence - Math.floor(back / 2) }
      this.#follower.start(this.#from)
      return
    }
    this.#from = await this.#store.head()
    this.#logger('error', 'the log does not continue where it was read; every stream starts over', { reason })
    this.#follower.lost(this.#from)
  }

  #schedule(): Promise<void> {
    return new Promise((resolve) => {
      const due = () => {
        this.#scheduled = undefined
        this.#handOn()
        resolve()
      }
      const rest = this.#restsUntil - performance.now()
      // Timers know whole milliseconds; a shorter rest is none.
      if (rest < 1) setImmediate(due)
      else setTimeout(due, rest)
    })
  }

  #handOn(): void {
    const entries = this.#incoming
    this.#incoming = []
    const began = performance.now()
    let share = 0
    for (let at = 0; at < entries.length; at += maxBlockEntries) {
      const part = entries.length <= maxBlockEntries ? entries : entries.slice(at, at + maxBlockEntries)
      share = Math.max(share, this.#follower.flush(part))
    }
    const ended = performance.now()
    this.#restsUntil = share === 0 ? 0 : ended + Math.min((ended - began) / share, maxRestMs)
  }

  /** Stops reading; what was read has been handed on when this resolves. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
    await this.#scheduled
  }
}
