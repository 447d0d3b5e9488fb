import type { Logger } from '../../telemetry/logger.ts'
import { type Store, StoreUnavailable } from '../store.ts'
import { Appender } from './write/appender.ts'
import type { DurableLog } from './index/durable-log.ts'
import { type Lock, lockDirectory } from './write/lock.ts'
import { type OpenLogFile, openLogFile } from './write/log-file.ts'
import { aggregateAlerts, recentPage, takeSnapshot } from './read/queries.ts'
import { scrubLog } from './read/scrub.ts'
import { readLog } from './read/reader.ts'
import { writeManifest } from './format/manifest.ts'
import { DamagedJournal } from './recover/damaged-journal.ts'
import { recoverLog } from './recover/recovery.ts'
import { markStop } from './recover/mark-stop.ts'
import { repairLog } from './recover/repair.ts'
import { applyRetention, isOutdated, type Retention, spansEnough } from './write/retention.ts'
import { SteadyClock } from './write/steady-clock.ts'
import { SegmentWriter } from './write/segment-writer.ts'

export interface JournalOptions {
  readonly logger: Logger
  /** Nothing is dropped by default. */
  readonly retention?: Retention | undefined
  /** Sets damaged lines aside in a file of their own instead of refusing to open. */
  readonly repair?: boolean | undefined
  /** A segment is closed when it is this large. 32 MiB by default. */
  readonly segmentBytes?: number | undefined
  /** Counts what an operator wants to see. */
  readonly count?: ((event: string) => void) | undefined
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined
  /** Milliseconds that have passed, whatever the clock says. */
  readonly uptime?: (() => number) | undefined
  /** Milliseconds between two reads of the scrub, which looks for damage. */
  readonly scrubPauseMs?: number | undefined
  /** How segments are written; another one can fail on purpose. */
  readonly openFile?: OpenLogFile | undefined
}

const defaultSegmentBytes = 32 * 1024 * 1024
/** How often retention looks at a log that nobody appends to. */
const maintenanceMs = 60_000

/**
 * Opens the journal in a directory, which is made if needed: the store that keeps its log in files
 * of one line of JSON per insight version. Throws a {@link Failure} when the directory can't be
 * used, another process has it open, or the log is damaged.
 */
export async function openJournal(directory: string, options: JournalOptions): Promise<Store> {
  const lock = lockDirectory(directory)
  try {
    const durable = recover(directory, options)
    const writing = await startWriting(directory, lock, durable, options)
    const { now = Date.now } = options
    const timer = setInterval(
      writing.maintain,
      Math.min(maintenanceMs, options.retention?.maxAgeMs ?? Infinity),
    )
    timer.unref()
    const closing = new AbortController()
    const { scrubPauseMs: pauseMs } = options
    const scrubbing = scrubLog(durable, { signal: closing.signal, pauseMs })
    const open = () => {
      if (closing.signal.aborted) throw new StoreUnavailable('the journal is closed')
      return durable
    }
    let closed: Promise<void> | undefined
    const close = async () => {
      clearInterval(timer)
      const isWhole = await writing.stop()
      closing.abort()
      await scrubbing
      if (isWhole) markStop(directory, durable, options.logger)
      for (const segment of durable.segments) segment.close()
      lock.release()
    }
    return {
      kind: 'journal',
      append: writing.append,
      fault: writing.fault,
      head: async () => open().headCursor,
      async refuse(position) {
        if (position.epoch !== open().epoch) return 'foreign'
        if (position.sequence > durable.head) return 'ahead'
        return durable.contradicts(position) ? 'foreign' : undefined
      },
      read: (after, { signal }) => readLog(open(), after, AbortSignal.any([signal, closing.signal])),
      snapshot: async (query) => takeSnapshot(open(), query),
      recent: async (query) => recentPage(open(), query),
      async get(alertId) {
        const slot = open().find(alertId)
        return slot < 0 ? undefined : durable.readSlot(slot).insight
      },
      aggregate: async (query) => aggregateAlerts(open(), query, now()),
      close: () => (closed ??= close()),
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function recover(directory: string, options: JournalOptions): DurableLog {
  const { logger, repair, now = Date.now, count } = options
  const onDamage = (place: string, fault: string) => {
    logger('error', 'the journal is damaged', { place, fault })
    count?.('damaged_line')
  }
  const recoverOnce = () => recoverLog(directory, { logger, now, onDamage })
  try {
    return recoverOnce()
  } catch (error) {
    if (!repair || !(error instanceof DamagedJournal)) throw error
    logger('warn', error.message)
    repairLog(directory, logger, now())
    return recoverOnce()
  }
}

/** The writing half: appends, and retention wherever it can't meet a write. */
async function startWriting(directory: string, lock: Lock, durable: DurableLog, options: JournalOptions) {
  const { logger, now = Date.now, retention = {}, segmentBytes = defaultSegmentBytes } = options
  const writer = await SegmentWriter.open(directory, durable, {
    lock,
    open: options.openFile ?? openLogFile,
    isFull: (segment, now) => segment.size >= segmentBytes || spansEnough(segment, retention, now),
  })
  const troubled = (error: unknown) => logger('error', 'retention failed', { reason: String(error) })
  const { uptime = () => performance.now() } = options
  const clock = new SteadyClock({
    now,
    uptime,
    last: durable.manifest.believedTime ?? durable.lastArrival,
    onDoubt: (time) => noteDoubt(directory, durable, logger, time),
  })
  let dropping: Promise<void> | undefined
  const isDue = pacer(
    () => durable.segments.length,
    uptime,
    Math.min(1000, (retention.maxAgeMs ?? Infinity) / 8),
  )
  const maintain = async () => {
    if (retention.maxAgeMs === undefined && retention.maxInsights === undefined) return
    if (lock.fault() !== undefined) return
    const time = retention.maxAgeMs === undefined ? now() : clock.now()
    try {
      if (durable.active.count > 0 && isOutdated(durable.active, retention, time)) await writer.rotate()
    } catch (error) {
      troubled(error)
    }
    if (!isDue()) return
    dropping ??= applyRetention(durable, { directory, retention, logger, now: time, segmentBytes })
      .catch(troubled)
      .finally(() => (dropping = undefined))
  }
  await maintain()
  await dropping
  const appender = new Appender(durable, writer, { logger, now, maintain })
  return {
    append: (changes: Parameters<Store['append']>[0]) => appender.append(changes),
    fault: () => appender.fault(),
    maintain: () => appender.maintain(),
    stop: async () => {
      await appender.close()
      await dropping
      return !writer.failed && writer.fault() === undefined
    },
  }
}

/** Remembers that the clock jumped, so that a restart does not make it believed. */
function noteDoubt(directory: string, durable: DurableLog, logger: Logger, believedTime: number | undefined) {
  const { believedTime: _, ...manifest } = durable.manifest
  durable.manifest = believedTime === undefined ? manifest : { ...manifest, believedTime }
  if (believedTime !== undefined)
    logger('warn', 'the clock is ahead of the log: retention by age waits an hour before it believes it', {
      log: new Date(believedTime).toISOString(),
    })
  try {
    writeManifest(directory, durable.manifest)
  } catch (error) {
    logger('warn', 'the manifest could not be written', { reason: String(error) })
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
