import { setTimeout as sleep } from 'node:timers/promises'
import { type Change, type Outcome, StoreUnavailable } from '../../store.ts'
import type { Committer } from './committer.ts'
import type { Health } from './health.ts'

const maxPerGroup = 1000
/** Fewer appends than this aren't worth waiting for. */
const few = 3
const maxGatheringMs = 20

interface Job {
  readonly changes: readonly Change[]
  readonly outcomes: Outcome[]
  readonly resolve: (outcomes: Outcome[]) => void
  readonly reject: (error: unknown) => void
}

interface Parts {
  readonly committer: Committer
  readonly health: Health
  /** What a request to DynamoDB takes, in ms. */
  readonly roundTrip: () => number
}

/** Appends, one group at a time; what is asked for while a group is under way goes with the next. */
export class Writer {
  readonly #parts: Parts
  #queue: Job[] = []
  #running: Promise<void> | undefined
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  append(changes: readonly Change[]): Promise<Outcome[]> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'))
    const { promise, resolve, reject } = Promise.withResolvers<Outcome[]>()
    this.#queue.push({ changes, outcomes: [], resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#nextGroup()
      try {
        await this.#write(group)
      } catch (error) {
        this.#parts.health.refused(error)
        // A change that throws is its own append's trouble; planning found it before anything was written.
        if (group.length > 1 && !(error instanceof StoreUnavailable)) await this.#writeEach(group)
        else for (const job of group) job.reject(error)
      }
      await this.#gather(group.length)
    }
    // In the same turn as the last look at the queue: an append in between would never be seen.
    this.#running = undefined
  }

  /** Who was answered just now comes back one by one: with those who wait already they make one group, not two. */
  async #gather(answered: number): Promise<void> {
    const crowd = answered + this.#queue.length
    if (crowd < few) return
    const until = performance.now() + Math.min(this.#parts.roundTrip() / 2, maxGatheringMs)
    while (this.#queue.length < crowd && performance.now() < until) await sleep(1)
  }

  async #writeEach(group: readonly Job[]): Promise<void> {
    for (const job of group)
      if (job.outcomes.length < job.changes.length) await this.#write([job]).catch(job.reject)
  }

  /** Whole jobs, up to a bound; at least one. */
  #nextGroup(): Job[] {
    let size = 0
    const fits = this.#queue.findIndex(({ changes }, at) => (size += changes.length) > maxPerGroup && at > 0)
    return this.#queue.splice(0, fits < 0 ? this.#queue.length : fits)
  }

  async #write(group: readonly Job[]): Promise<void> {
    let work = group.flatMap((job) => job.changes.map((change) => ({ job, change })))
    for (const job of group) if (job.changes.length === 0) job.resolve([])
    while (work.length > 0) {
      const { outcomes } = await this.#parts.committer.commit(work.map(({ change }) => change))
      for (const [at, outcome] of outcomes.entries()) {
        const job = work[at]?.job
        job?.outcomes.push(outcome)
        if (job && job.outcomes.length === job.changes.length) job.resolve(job.outcomes)
      }
      work = work.slice(outcomes.length)
    }
  }
}
