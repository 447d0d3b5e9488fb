import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import { StoreUnavailable } from '../../store.ts'
import type { Batch } from './batch.ts'
import { Fingerprints } from '../write/fingerprints.ts'
import { digestOf } from '../tables/item.ts'
import type { LogTable } from './log-table.ts'

const ringEntries = 4096
const briskMs = 250
const briskForMs = 10_000
const checkEveryMs = 30_000

interface Options {
  readonly logger: Logger
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Longest wait between two looks, in ms; a quarter of a second while the log grows. */
  readonly poll: number
  /** In ms. */
  readonly retention: number
  /** Whether to know every alert's latest version, which telling other writers' insights needs. */
  readonly remember: boolean
}

/** The end of the log, followed by polling: one a process, whoever reads. */
export class Tail {
  readonly table: LogTable
  /** Resolves when every version in the log is known. */
  readonly remembered: Promise<void>
  #last: Batch | undefined
  #ring: Batch[] = []
  #ringed = 0
  #fingerprints = new Fingerprints()
  #waiting = new Set<() => void>()
  #turn: Promise<unknown> = Promise.resolve()
  #grewAt = performance.now()
  #broken: StoreUnavailable | undefined
  readonly #stopped = new AbortController()
  readonly #options: Options
  readonly #following: Promise<void>

  private constructor(table: LogTable, last: Batch | undefined, options: Options) {
    this.table = table
    this.#options = options
    if (last) this.#take(last)
    this.remembered = options.remember ? this.#remember(last) : Promise.resolve()
    this.remembered.catch(() => {})
    this.#following = this.#follow()
  }

  static async open(table: LogTable, options: Options): Promise<Tail> {
    return new Tail(table, await table.upTo(), options)
  }

  /** The last sequence number that is known to be in the log. */
  get head(): number {
    return this.#last?.last ?? 0
  }

  get last(): Batch | undefined {
    return this.#last
  }

  /** The digest of an alert's latest version, where it is known. */
  latest(alertId: string): string | undefined {
    return this.#fingerprints.get(digestOf(alertId))
  }

  /** The batches in memory that reach past a sequence number; undefined when some no longer are. */
  after(sequence: number): Batch[] | undefined {
    if (sequence >= this.head) return []
    const [oldest] = this.#ring
    if (!oldest || oldest.first > sequence + 1) return undefined
    return this.#ring.filter((batch) => batch.last > sequence)
  }

  /** What is in memory, in order. */
  recent(): readonly Batch[] {
    return this.#ring
  }

  /** Takes a batch that this process wrote itself, or has read. What is known already is left out. */
  add(batch: Batch): void {
    if (batch.first <= this.head) return
    if (batch.first !== this.head + 1)
      this.#break(`the log has a gap: entry ${this.head + 1} is gone and ${batch.first} is there`)
    this.#grewAt = performance.now()
    this.#take(batch)
    for (const wake of this.#waiting) wake()
  }

  /** Reads on to the end, by a read that begins after this call. */
  async catchUp(): Promise<void> {
    const turn = this.#turn.then(() => this.#readOn())
    this.#turn = turn.catch(() => {})
    await turn
  }

  get closed(): boolean {
    return this.#stopped.signal.aborted
  }

  /** Resolves once the log is longer than `sequence`, the signal aborts, or this is closed. */
  async grown(sequence: number, signal: AbortSignal): Promise<void> {
    while (this.head <= sequence && !signal.aborted && !this.closed) {
      if (this.#broken) throw this.#broken
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = () => resolve()
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
      await promise
      signal.removeEventListener('abort', wake)
      this.#waiting.delete(wake)
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort()
    for (const wake of this.#waiting) wake()
    await this.#following
    await this.remembered.catch(() => {})
  }

  #take(batch: Batch): void {
    this.#last = batch
    this.#ring.push(batch)
    this.#ringed += batch.versions.length
    while (this.#ringed > ringEntries && this.#ring.length > 1)
      this.#ringed -= this.#ring.shift()?.versions.length ?? 0
    if (!this.#options.remember) return
    for (const { alertId, digest } of batch.versions) this.#fingerprints.set(digestOf(alertId), digest)
  }

  async #readOn(): Promise<void> {
    for (;;) {
      if (this.#broken) throw this.#broken
      const batches = await this.table.after(this.head)
      for (const batch of batches) this.add(batch)
      if (batches.length === 0) return
    }
  }

  #break(words: string): never {
    this.#broken = new StoreUnavailable(`${words}; start this server again`)
    this.#options.logger('error', this.#broken.message)
    for (const wake of this.#waiting) wake()
    throw this.#broken
  }

  /** From the newest to the oldest, so that what the tail adds meanwhile is never overwritten. */
  async #remember(last: Batch | undefined): Promise<void> {
    for (let from = last?.last; from !== undefined;)
      try {
        for await (const page of this.table.backwards(from)) {
          if (this.#stopped.signal.aborted) throw new StoreUnavailable('the store is closed')
          for (const { versions, first } of page) {
            for (const { alertId, digest } of versions.toReversed())
              if (this.latest(alertId) === undefined) this.#fingerprints.set(digestOf(alertId), digest)
            from = first
          }
        }
        return
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || this.#stopped.signal.aborted) throw error
      }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopped
    let down = false
    let checkedAt = performance.now()
    while (!signal.aborted && !this.#broken) {
      const brisk = performance.now() - this.#grewAt < briskForMs
      await sleep(brisk ? Math.min(briskMs, this.#options.poll) : this.#options.poll, undefined, {
        signal,
      }).catch(() => {})
      if (signal.aborted) return
      try {
        await this.catchUp()
        if (performance.now() - checkedAt > checkEveryMs) {
          checkedAt = performance.now()
          await this.#check()
        }
        if (down) this.#options.logger('info', 'log read again')
        down = false
      } catch (error) {
        if (!down) this.#options.logger('warn', 'log not read', { reason: String(error) })
        down = true
      }
    }
  }

  async #check(): Promise<void> {
    if (!(await this.table.isCurrent())) this.#break('the log table was made anew')
    const now = this.#options.now()
    if (!this.#last || this.#last.ttl * 1000 - now > this.#options.retention / 2) return
    const ttl = Math.ceil((now + this.#options.retention) / 1000)
    await this.table.refresh(this.#last, ttl)
    this.#last = { ...this.#last, ttl: Math.max(ttl, this.#last.ttl) }
  }
}
