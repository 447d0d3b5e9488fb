import type { Logger } from '../../telemetry/logger.ts'
import { type Store, StoreUnavailable } from '../store.ts'
import { Appender } from './write/appender.ts'
import type { DurableLog } from './index/durable-log.ts'
import { type Lock, lockDirectory } from './write/lock.ts'
import { type OpenLogFile, openLogFile } from './write/log-file.ts'
import { aggregateAlerts } from './read/aggregate.ts'
import { recentPage, takeSnapshot } from './read/queries.ts'
import { scrubLog } from './read/scrub.ts'
import { readLog } from './read/reader.ts'
import { DamagedJournal } from './recover/damaged-journal.ts'
import { recoverLog } from './recover/recovery.ts'
import { markStop } from './recover/mark-stop.ts'
import { repairLog } from './recover/repair.ts'
import { type Retention, spansEnough } from './write/retention.ts'
import { Maintenance } from './write/maintenance.ts'
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
      durable.close()
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
        const latest = open().find(alertId)
        return latest && durable.read(latest)?.insight
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
  const { uptime = () => performance.now() } = options
  const writer = await SegmentWriter.open(directory, durable, {
    lock,
    open: options.openFile ?? openLogFile,
    isFull: (segment, now) => segment.size >= segmentBytes || spansEnough(segment, retention, now),
  })
  const maintenance = new Maintenance({
    directory,
    log: durable,
    writer,
    lock,
    logger,
    now,
    uptime,
    retention,
    segmentBytes,
  })
  await maintenance.run()
  const appender = new Appender(durable, writer, { logger, now, maintain: () => maintenance.run() })
  return {
    append: (changes: Parameters<Store['append']>[0]) => appender.append(changes),
    fault: () => appender.fault(),
    maintain: () => appender.maintain(),
    stop: async () => {
      await appender.close()
      await maintenance.close()
      return !writer.failed && writer.fault() === undefined
    },
  }
}
