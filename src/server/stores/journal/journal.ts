import type { Log } from '../../log.ts'
import { type Store, StoreUnavailable } from '../store.ts'
import { Appender } from './appender.ts'
import { parseInsight } from './durable-log.ts'
import { lockDirectory } from './lock.ts'
import { type OpenLogFile, openLogFile } from './log-file.ts'
import { aggregateAlerts, recentPage, takeSnapshot } from './queries.ts'
import { readLog } from './reader.ts'
import { recoverLog } from './recovery.ts'
import { SegmentWriter } from './segment-writer.ts'

export interface Retention {
  /** Milliseconds since arrival. */
  readonly maxAgeMs?: number | undefined
  readonly maxInsights?: number | undefined
}

export interface JournalOptions {
  readonly log: Log
  /** Nothing is dropped by default. */
  readonly retention?: Retention | undefined
  /** Sets damaged lines aside in a file of their own instead of refusing to open. */
  readonly repair?: boolean | undefined
  /** A segment is closed when it is this large. 32 MiB by default. */
  readonly segmentBytes?: number | undefined
  /** Milliseconds since the epoch. */
  readonly now?: (() => number) | undefined
  /** How segments are written; another one can fail on purpose. */
  readonly openFile?: OpenLogFile | undefined
}

const defaultSegmentBytes = 32 * 1024 * 1024

/**
 * Opens the journal in a directory, which is made if needed: the store that keeps its log in files
 * of one line of JSON per insight version. Throws a {@link Failure} when the directory can't be
 * used, another process has it open, or the log is damaged.
 */
export async function openJournal(directory: string, options: JournalOptions): Promise<Store> {
  const { log, now = Date.now, segmentBytes = defaultSegmentBytes } = options
  const lock = lockDirectory(directory)
  try {
    const durable = recoverLog(directory, log)
    const writer = new SegmentWriter(directory, durable, {
      open: options.openFile ?? openLogFile,
      isFull: (segment) => segment.size >= segmentBytes,
    })
    const appender = new Appender(durable, writer, { log, now })
    const closing = new AbortController()
    const open = () => {
      if (closing.signal.aborted) throw new StoreUnavailable('the journal is closed')
      return durable
    }
    return {
      append: (changes) => appender.append(changes),
      head: async () => durable.cursor(open().head),
      read: (after, { signal }) => readLog(open(), after, AbortSignal.any([signal, closing.signal])),
      snapshot: async (query) => takeSnapshot(open(), query),
      recent: async (query) => recentPage(open(), query),
      async get(alertId) {
        const slot = open().find(alertId)
        return slot < 0 ? undefined : parseInsight(durable.readSlot(slot))
      },
      aggregate: async (query) => aggregateAlerts(open(), query, now()),
      async close() {
        if (closing.signal.aborted) return
        await appender.close()
        closing.abort()
        for (const segment of durable.segments) segment.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}
