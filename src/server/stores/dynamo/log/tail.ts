import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import { ConditionVariable } from '../../condition-variable.ts'
import { StoreUnavailable } from '../../store.ts'
import type { Batch } from './batch.ts'
import { elapsedSince, thisMoment } from '../write/moment.ts'
import { LogEnded, type LogTable } from './log-table.ts'
import { RecentBatches } from './recent-batches.ts'

/** Between two looks while somebody watches. */
const watchedMs = 150
const stepMs = 500
const maxCheckEveryMs = 30_000
/** Requests to AWS are valid for so long, so that none takes effect later. */
const maxUnconfirmedMs = 300_000

interface Options {
  readonly logger: Logger
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Longest wait between two looks while nobody watches, in ms. */
  readonly poll: number
  /** Looks only while somebody waits for entries: nothing runs in a process that nobody asks anything. False by default. */
  readonly onDemand?: boolean | undefined
  /** In ms. */
  readonly retention: number
  /** Gets every batch once, in order, from the last one at the start on. */
  readonly onBatch?: (batch: Batch) => void
}

/** The end of the log, followed by polling: one a process, whoever reads. */
export class Tail {
  readonly table: LogTable
  /** Resolves when this can't follow the log any more: it was made anew, or this missed what expired. */
  readonly broke: Promise<void>
  #last: Batch | undefined
  readonly #recent = new RecentBatches()
  readonly #changed = new ConditionVariable()
  /** Those who wait tell whether anybody watches. */
  readonly #watchers = new Set<() => boolean>()
  #turn: Promise<unknown> = Promise.resolve()
  #grewAt = performance.now()
  #broken: StoreUnavailable | undefined
  /** When the log was last seen to be the current one. */
  #confirmed = thisMoment()
  #tellBroken: () => void = () => {}
  #isDown = false
  readonly #stopped = new AbortController()
  readonly #options: Options
  readonly #following: Promise<void>

  /** Follows a log from its last batch on. */
  constructor(table: LogTable, last: Batch | undefined, options: Options) {
    this.table = table
    this.#options = options
    this.broke = new Promise((resolve) => (this.#tellBroken = resolve))
    if (last) this.#take(last)
    this.#following = options.onDemand ? Promise.resolve() : this.#follow()
  }

  /** The last sequence number that is known to be in the log. */
  get head(): number {
    return this.#last?.last ?? 0
  }

  get last(): Batch | undefined {
    return this.#last
  }

  /** The batches in memory that reach past a sequence number; undefined when some no longer are. */
  after(sequence: number): Batch[] | undefined {
    return sequence >= this.head ? [] : this.#recent.after(sequence)
  }

  /** Where a group of versions came to be, if that is after a sequence number and still in memory. */
  find(nonce: string, after: number): { readonly batch: Batch; readonly base: number } | undefined {
    return this.#recent.find(nonce, after)
  }

  /** How long no entry has come, in ms. */
  get quietFor(): number {
    return performance.now() - this.#grewAt
  }

  /** What is in memory, in order. */
  recent(): readonly Batch[] {
    return this.#recent.all
  }

  /** Takes a batch that this process wrote itself, or has read. What is known already is left out. */
  add(batch: Batch): void {
    if (batch.first <= this.head) return
    if (batch.first !== this.head + 1)
      this.#break(`the log has a gap: entry ${this.head + 1} is gone and ${batch.first} is there`)
    this.#grewAt = performance.now()
    this.#take(batch)
    this.#changed.wakeAll()
  }

  /** Reads on to the end, by a read that begins after this call. */
  async catchUp(): Promise<void> {
    const turn = this.#turn.then(() => this.#readOn())
    this.#turn = turn.catch(() => {})
    await turn
  }

  /** Whether so much time has passed since the log was seen to be current that what was last may have expired. */
  get isStale(): boolean {
    return elapsedSince(this.#confirmed) > Math.min(this.#options.retention / 4, maxUnconfirmedMs)
  }

  /**
   * Throws when this doesn't follow the log that is in force: another epoch has begun, or there is a gap.
   * `own` was just put after the last one.
   */
  async confirm(own?: Batch): Promise<void> {
    const asked = thisMoment()
    if (!(await this.table.isCurrent())) this.#break('the log goes on in a new epoch')
    const next = own && (await this.#next(own.last)).batches[0]
    if (own && next && next.first !== own.last + 1)
      this.#break(`entry ${own.last + 1} is gone and ${next.first} is there`)
    await this.catchUp()
    this.#confirmed = asked
  }

  /** Throws once this can't follow the log any more. */
  checkFollowing(): void {
    if (this.#broken) throw this.#broken
  }

  get isBroken(): boolean {
    return this.#broken !== undefined
  }

  get closed(): boolean {
    return this.#stopped.signal.aborted
  }

  /** Resolves once the log is longer than `sequence`, the signal aborts, or this is closed. */
  async grown(sequence: number, signal: AbortSignal, isWatched: () => boolean = () => false): Promise<void> {
    this.#watchers.add(isWatched)
    try {
      await this.#grown(sequence, signal)
    } finally {
      this.#watchers.delete(isWatched)
    }
  }

  async #grown(sequence: number, signal: AbortSignal): Promise<void> {
    while (this.head <= sequence && !signal.aborted && !this.closed) {
      if (this.#broken) throw this.#broken
      if (this.#options.onDemand) {
        await this.#look(signal)
        continue
      }
      await this.#changed.wait(signal)
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    this.#changed.wakeAll()
    await this.#following
  }

  #take(batch: Batch): void {
    this.#last = batch
    this.#recent.push(batch)
    this.#options.onBatch?.(batch)
  }

  async #readOn(): Promise<void> {
    for (;;) {
      if (this.#broken) throw this.#broken
      const { batches, more } = await this.#next(this.head)
      for (const batch of batches) this.add(batch)
      if (!more) return
    }
  }

  async #next(sequence: number): ReturnType<LogTable['follow']> {
    try {
      return await this.table.follow(sequence)
    } catch (error) {
      if (error instanceof LogEnded) this.#break(error.message)
      throw error
    }
  }

  #break(message: string): never {
    if (this.#broken) throw this.#broken
    this.#broken = new StoreUnavailable(message, { retryAfter: 1 })
    this.#options.logger('warn', 'the log has to be opened anew', { reason: message })
    this.#changed.wakeAll()
    this.#tellBroken()
    throw this.#broken
  }

  /** Until the next look, in ms. */
  get #pause(): number {
    const { poll } = this.#options
    if ([...this.#watchers].some((isWatched) => isWatched())) return Math.min(watchedMs, poll)
    return poll
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped
    let checkedAt = performance.now()
    while (!signal.aborted && !this.#broken)
      await this.#look(signal, async () => {
        if (performance.now() - checkedAt <= Math.min(maxCheckEveryMs, this.#options.retention / 6)) return
        checkedAt = performance.now()
        await this.check()
      })
  }

  /** Waits until the next look is due, and reads on. Trouble is told once, and looked through. */
  async #look(signal: AbortSignal, andThen?: () => Promise<void>): Promise<void> {
    // In short steps: whoever begins to watch meanwhile makes the wait shorter.
    for (let waited = 0; waited < this.#pause && !signal.aborted; waited += stepMs)
      await sleep(Math.min(stepMs, this.#pause), undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    try {
      await this.catchUp()
      await andThen?.()
      if (this.#isDown) this.#options.logger('info', 'log read again')
      this.#isDown = false
    } catch (error) {
      if (!this.#isDown) this.#options.logger('warn', 'log not read', { reason: String(error) })
      this.#isDown = true
    }
  }

  /** Confirms that this follows the log in force, and keeps the log's last batch from expiring. */
  async check(): Promise<void> {
    await this.confirm()
    const now = this.#options.now()
    if (!this.#last || this.#last.ttl * 1000 - now > this.#options.retention / 2) return
    const ttl = Math.ceil((now + this.#options.retention) / 1000)
    await this.table.refresh(this.#last, ttl)
    this.#last = { ...this.#last, ttl: Math.max(ttl, this.#last.ttl) }
  }
}
