import { join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { writeManifest } from '../format/manifest.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { indexName } from '../index/index-database.ts'
import { IndexJobs } from '../index/index-jobs.ts'
import { indexSealed } from './index-sealed.ts'
import type { Lock } from './lock.ts'
import { applyRetention, isOutdated, type Retention } from './retention.ts'
import type { SegmentWriter } from './segment-writer.ts'
import { SteadyClock } from './steady-clock.ts'

interface Options {
  readonly directory: string
  readonly log: DurableLog
  readonly writer: SegmentWriter
  readonly lock: Lock
  readonly logger: Logger
  readonly now: () => number
  readonly uptime: () => number
  readonly retention: Retention
  readonly segmentBytes: number
}

/** Lines of sealed segments that may be missing from the index. */
const maxUnindexed = 500_000
/** After something went wrong it is tried again after so many milliseconds. */
const retryMs = 60_000

/** What has to be done beside the appends: the index of sealed segments, and retention. */
export class Maintenance {
  readonly #options: Options
  readonly #jobs: IndexJobs
  readonly #clock: SteadyClock
  readonly #isDue: () => boolean
  #working: Promise<void> | undefined
  /** Uptime before which nothing is tried again. */
  #restsUntil = -Infinity

  constructor(options: Options) {
    const { directory, log, now, uptime, retention } = options
    this.#options = options
    this.#jobs = new IndexJobs({ path: join(directory, indexName), epoch: log.epoch })
    this.#clock = new SteadyClock({
      now,
      uptime,
      last: log.manifest.believedTime ?? log.lastArrival,
      onDoubt: (time) => this.#noteDoubt(time),
    })
    const intervalMs = Math.min(1000, (retention.maxAgeMs ?? Infinity) / 8)
    this.#isDue = pacer(() => log.segments.length, uptime, intervalMs)
  }

  /**
   * To be called between two writes. What takes long is begun, and only waited for when appends have been faster
   * than the index for so long that too much of the log is in memory.
   */
  async run(): Promise<void> {
    const { log, writer, lock, retention, uptime } = this.#options
    const isBounded = retention.maxAgeMs !== undefined || retention.maxInsights !== undefined
    if ((!isBounded && log.layers.length === 1) || uptime() < this.#restsUntil) return
    if (lock.fault() !== undefined) return
    try {
      if (log.active.count > 0 && isOutdated(log.active, retention, this.#time())) await writer.rotate()
    } catch (error) {
      this.#fail(error)
    }
    const isDue = isBounded && this.#isDue()
    if (!isDue && log.layers.length === 1) return
    this.#working ??= this.#work(isBounded)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => (this.#working = undefined))
    if (log.layers.reduce((sum, { segment }) => sum + segment.count, -log.active.count) > maxUnindexed)
      await this.#working
  }

  async close(): Promise<void> {
    await this.#working
    this.#options.log.index.close()
    await this.#jobs.close()
  }

  async #work(isBounded: boolean): Promise<void> {
    const { log, directory, retention, logger, segmentBytes } = this.#options
    do {
      await indexSealed(log, this.#jobs)
      const now = this.#time()
      if (isBounded)
        await applyRetention(log, { directory, jobs: this.#jobs, retention, logger, now, segmentBytes })
    } while (log.layers.length > 1)
  }

  #time(): number {
    return this.#options.retention.maxAgeMs === undefined ? this.#options.now() : this.#clock.now()
  }

  #fail(error: unknown): void {
    const { logger, uptime } = this.#options
    this.#restsUntil = uptime() + retryMs
    logger('error', 'index and retention failed; trying again in a minute', { reason: String(error) })
  }

  /** Remembers that the clock jumped, so that a restart does not make it believed. */
  #noteDoubt(time: number | undefined): void {
    const { log, directory, logger } = this.#options
    const { believedTime: _, ...manifest } = log.manifest
    log.manifest = time === undefined ? manifest : { ...manifest, believedTime: time }
    if (time !== undefined)
      logger('warn', 'the clock is ahead of the log: retention by age waits an hour before it believes it', {
        log: new Date(time).toISOString(),
      })
    try {
      writeManifest(directory, log.manifest)
    } catch (error) {
      logger('warn', 'the manifest could not be written', { reason: String(error) })
    }
  }
}

/** True when the state has changed since it was true, or so much time has passed. */
function pacer(state: () => number, uptime: () => number, intervalMs: number): () => boolean {
  let last = -1
  let since = -Infinity
  return () => {
    const now = uptime()
    if (state() === last && now - since < intervalMs) return false
    last = state()
    since = now
    return true
  }
}
