import { randomBytes } from 'node:crypto'
import type { Db } from '../db.ts'
import { endItem, epochKey, LogEnded, type LogTable, logTable } from './log-table.ts'

/**
 * Opens the log, and gives it a new epoch where it has none, or where its end isn't known for sure:
 * DynamoDB deletes what has expired in any order, so an expired last batch may not have been the last.
 * Numbers would be used again; a new epoch keeps old cursors from meaning other entries.
 */
export async function openLogTable(db: Db, table: string, retention: number): Promise<LogTable> {
  for (;;) {
    const found = await db.get(table, epochKey)
    const epoch = found?.['epoch']?.S
    if (epoch === undefined) {
      await nameEpoch(db, table, undefined)
      continue
    }
    const log = logTable(db, table, epoch)
    if (found?.['used'] === undefined) return log
    const last = await log.upTo()
    // A second of rounding, and clocks that differ a little.
    const margin = Math.min(5000, retention / 10)
    const isAlive = last !== undefined && last.ttl * 1000 > db.now() + margin
    if (isAlive && !(await hasEnded(log, last.last))) return log
    await beginEpoch(db, table, epoch)
  }
}

/**
 * Ends an epoch and names the next. Whoever still appends to the former finds its next place taken,
 * and goes over to the new one. Returns the name of the epoch that follows.
 */
export async function beginEpoch(db: Db, table: string, former: string | undefined): Promise<string> {
  if (former === undefined) return nameEpoch(db, table, undefined)
  const log = logTable(db, table, former)
  for (;;) {
    const end = (await log.upTo())?.last ?? 0
    if ((await db.put(table, endItem(former, end + 1), { shard: 'absent' })) === 'done') break
    if (await hasEnded(log, end)) break
  }
  return nameEpoch(db, table, former)
}

/** The current epoch of a log table; undefined before its first server. */
export const currentEpoch = async (db: Db, table: string): Promise<string | undefined> =>
  (await db.get(table, epochKey))?.['epoch']?.S

/** Whoever is first names it; the others take its name. */
async function nameEpoch(db: Db, table: string, former: string | undefined): Promise<string> {
  const epoch = randomBytes(4).toString('hex')
  const condition = { epoch: former === undefined ? ('absent' as const) : { S: former } }
  const put = await db.put(table, { ...epochKey, epoch: { S: epoch } }, condition)
  if (put === 'done') return epoch
  return (await currentEpoch(db, table)) ?? nameEpoch(db, table, undefined)
}

async function hasEnded(log: LogTable, sequence: number): Promise<boolean> {
  try {
    await log.after(sequence)
    return false
  } catch (error) {
    if (error instanceof LogEnded) return true
    throw error
  }
}
