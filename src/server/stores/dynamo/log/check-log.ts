import type { Db } from '../db.ts'
import { InsightTable } from '../tables/insight-table.ts'
import type { Batch } from './batch.ts'
import { currentEpoch } from './epoch.ts'
import { logTable } from './log-table.ts'

/** What a check found. Each fault is a sentence for the operator. */
export interface LogCheck {
  readonly epoch: string | undefined
  readonly batches: number
  readonly entries: number
  readonly alerts: number
  /** Alerts that other writers changed, or whose last entry isn't in the table yet: a server brings these together. */
  readonly pending: number
  readonly faults: readonly string[]
}

interface Options {
  readonly table: string
  readonly logTable: string
  /** In ms. */
  readonly retention: number
}

const perLook = 100
const maxFaults = 50

/** Reads the whole log and holds the insight table against it. Writes nothing. */
export async function checkLog(db: Db, options: Options): Promise<LogCheck> {
  const epoch = await currentEpoch(db, options.logTable)
  if (epoch === undefined) return { epoch, batches: 0, entries: 0, alerts: 0, pending: 0, faults: [] }
  const log = logTable(db, options.logTable, epoch)
  const faults: string[] = []
  const latest = new Map<string, string>()
  let [batches, entries] = [0, 0]
  let next: Batch | undefined
  for await (const batch of log.backwards(Number.MAX_SAFE_INTEGER)) {
    faults.push(...faultsOf(batch, next))
    batches++
    entries += batch.versions.length
    next = batch
    // Its alerts may have expired before it.
    if (batch.ttl * 1000 <= db.now()) continue
    for (const { alertId, digest } of batch.versions.toReversed())
      if (!latest.has(alertId)) latest.set(alertId, digest)
  }
  const table = new InsightTable(db, options.table, { retention: options.retention })
  let pending = 0
  const ids = [...latest.keys()]
  for (let at = 0; at < ids.length; at += perLook) {
    const found = await table.getMany(ids.slice(at, at + perLook))
    for (const [id, { digest, insight }] of found) {
      if (digest === latest.get(id)) continue
      if (insight) pending++
      else faults.push(`${id} is in the log and not in the table`)
    }
  }
  return { epoch, batches, entries, alerts: ids.length, pending, faults: faults.slice(0, maxFaults) }
}

function* faultsOf(batch: Batch, next: Batch | undefined): Generator<string> {
  const { first, last, versions, parts, ttl } = batch
  const count = parts.reduce((sum, part) => sum + part.count, 0)
  if (versions.length !== last - first + 1 || count !== versions.length)
    yield `the entries ${first} to ${last} are ${versions.length}`
  if (next && next.first > last + 1) yield `the entries ${last + 1} to ${next.first - 1} are gone`
  if (next && next.first <= last) yield `the entries ${next.first} to ${last} are there twice`
  if (next && next.ttl < ttl) yield `the entry ${first} outlives what follows it`
}
