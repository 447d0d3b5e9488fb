import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Db } from '../db.ts'
import type { Location } from '../location.ts'
import { Tallies } from '../query/tallies.ts'
import { Checkpoints } from '../relay/checkpoints.ts'
import { Known } from '../relay/known.ts'
import { Lease } from '../relay/lease.ts'
import type { News } from '../relay/news.ts'
import { Relay } from '../relay/relay.ts'
import type { Count } from '../tables/count.ts'
import type { InsightTable } from '../tables/insight-table.ts'
import { Committer } from '../write/committer.ts'
import { FencedWrites } from '../write/fenced-writes.ts'
import { Health } from '../write/health.ts'
import { Settler } from '../write/settle.ts'
import { WaitingList } from '../write/waiting-list.ts'
import { Writer } from '../write/writer.ts'
import { openLogTable } from './epoch.ts'
import { helpLate } from './help-late.ts'
import type { Batch } from './batch.ts'
import { Tail } from './tail.ts'

export interface GenerationParts {
  readonly db: Db
  readonly table: InsightTable
  readonly location: Location & { readonly logTable: string }
  readonly logger: Logger
  readonly count: Count
  /**
   * Nothing runs on its own, neither relay nor polls: for a process that may be frozen between two requests. What
   * others put into the table is told by `news`.
   */
  readonly onDemand?: { readonly news: News } | undefined
}

/** Everything that follows one epoch of the log, from one place of it on. */
export interface Generation {
  readonly tail: Tail
  readonly tallies: Tallies
  readonly settler: Settler
  readonly writer: Writer
  readonly health: Health
  close(): Promise<void>
}

/** A baseline is waited for, so that what comes after the start is news for sure, but not for longer than this. */
const maxBaselineWaitMs = 15_000
const probeEveryMs = 5000

export async function openGeneration(parts: GenerationParts): Promise<Generation> {
  const { db, table, location, logger, count, onDemand } = parts
  const { retention, poll, sweep } = location
  const now = () => db.now()
  const logTable = await openLogTable(db, location.logTable, retention)
  const last = await logTable.upTo()
  const checkpoints = new Checkpoints(db, location.logTable, logTable.epoch)
  const known =
    location.relay && !onDemand
      ? new Known({ db, table, logTable, checkpoints, logger, retention }, last)
      : undefined
  const news = onDemand ? onDemand.news : known
  const tallies = new Tallies({ table, now, retention, recent: () => tail.recent() })
  const onBatch = (batch: Batch) => {
    news?.take(batch)
    tallies.take(batch)
  }
  const tail: Tail = new Tail(logTable, last, {
    logger,
    now,
    poll,
    retention,
    onDemand: onDemand !== undefined,
    onBatch,
  })
  const fenced = new FencedWrites({ db, table, logTable, logger, count })
  const settler = new Settler({ db, table, count, fenced })
  const probe = async () => {
    await tail.catchUp()
    await Promise.all([logTable.probe(), table.probe()])
  }
  const health = new Health({ probe, every: probeEveryMs, onDemand: onDemand !== undefined })
  const ttl = () => Math.ceil((now() + retention) / 1000)
  const waitingList = new WaitingList(db, location.logTable, logTable.epoch)
  const writing = { db, tail, table, settler, waitingList, logger, count, ttl, known: news, health }
  const committer = new Committer(writing)
  const writer = new Writer({ committer, health, roundTrip: () => db.roundTrip() })
  const lease = new Lease(db, location.logTable, logTable.epoch)
  const relay = known && new Relay({ table, writer, known, lease, logger, now, retention, poll, sweep })
  const stopHelping = onDemand ? undefined : helpLate(tail, settler, logger)
  if (known && !(await known.hasBasis)) {
    const waiting = new AbortController()
    const enough = sleep(maxBaselineWaitMs, undefined, { signal: waiting.signal }).catch(() => {})
    await Promise.race([known.ready, enough])
    waiting.abort()
  }
  return {
    tail,
    tallies,
    settler,
    writer,
    health,
    async close() {
      health.close()
      await stopHelping?.()
      await known?.close()
      await relay?.close()
      await writer.close()
      await tail.close()
    },
  }
}
