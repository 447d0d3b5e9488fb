import { randomBytes } from 'node:crypto'
import { type Batch, decodeBatch, encodeBatch } from './batch.ts'
import type { Db, Item } from '../db.ts'

/** The log's table: batches under the epoch's partition, and one item that names the epoch. */
export interface LogTable {
  readonly epoch: string
  /** `refused`: something is at that place already, perhaps this very batch. */
  put(batch: Batch): Promise<'done' | 'refused'>
  /** Up to a megabyte of batches that begin after a sequence number, in order. */
  after(sequence: number): Promise<Batch[]>
  /** The last batch that begins at or before a sequence number; without one, the last of all. */
  upTo(sequence?: number): Promise<Batch | undefined>
  /** From the newest to the oldest, a page at a time. */
  backwards(from: number): AsyncIterable<Batch[]>
  /** Whether the table still holds this log: it may have been made anew meanwhile. */
  isCurrent(): Promise<boolean>
  /** Keeps the last batch from expiring: with it the log's end would be forgotten. */
  refresh(batch: Batch, ttl: number): Promise<void>
}

const epochKey: Item = { shard: { S: 'epoch' }, seq: { N: '0' } }

/** Time for the first batch to follow the note that it will come. */
const firstBatchMs = 3_600_000

/** Opens the log, and gives it an epoch where it has none, or where all that it held has expired. */
export async function openLogTable(db: Db, table: string): Promise<LogTable> {
  const found = await db.get(table, epochKey)
  const epoch = found?.['epoch']?.S
  const log = logTable(db, table, epoch ?? (await begin(db, table, undefined)))
  const used = Number(found?.['used']?.N ?? Infinity)
  if (epoch === undefined || db.now() < used + firstBatchMs || (await log.upTo()) !== undefined) return log
  // The end of the log is forgotten. A new epoch keeps old cursors from meaning other entries.
  return logTable(db, table, await begin(db, table, epoch))
}

/** Whoever is first names it; the others take its name. */
async function begin(db: Db, table: string, former: string | undefined): Promise<string> {
  const epoch = randomBytes(4).toString('hex')
  const condition = { epoch: former === undefined ? ('absent' as const) : { S: former } }
  const put = await db.put(table, { ...epochKey, epoch: { S: epoch } }, condition)
  if (put === 'done') return epoch
  return (await db.get(table, epochKey))?.['epoch']?.S ?? begin(db, table, undefined)
}

const number = (value: number) => ({ N: String(value) })

function logTable(db: Db, table: string, epoch: string): LogTable {
  const shard = { S: epoch }
  const query = { TableName: table, ConsistentRead: true }
  return {
    epoch,
    async put(batch) {
      if (batch.first === 1) {
        const used = { ...epochKey, epoch: shard, used: number(db.now()) }
        await db.put(table, used, { epoch: shard })
      }
      return db.put(table, encodeBatch(epoch, batch), { shard: 'absent' })
    },
    async after(sequence) {
      const { items } = await db.query({
        ...query,
        KeyConditionExpression: '#shard = :shard AND #seq > :seq',
        values: { ':shard': shard, ':seq': number(sequence) },
      })
      return items.map(decodeBatch)
    },
    async upTo(sequence = Number.MAX_SAFE_INTEGER) {
      const { items } = await db.query({
        ...query,
        KeyConditionExpression: '#shard = :shard AND #seq <= :seq',
        values: { ':shard': shard, ':seq': number(sequence) },
        ScanIndexForward: false,
        limit: 1,
      })
      return items[0] && decodeBatch(items[0])
    },
    async *backwards(from) {
      let start: Item | undefined
      do {
        const page = await db.query({
          ...query,
          KeyConditionExpression: '#shard = :shard AND #seq <= :seq',
          values: { ':shard': shard, ':seq': number(from) },
          ScanIndexForward: false,
          start,
        })
        yield page.items.map(decodeBatch)
        start = page.next
      } while (start)
    },
    async isCurrent() {
      return (await db.get(table, epochKey))?.['epoch']?.S === epoch
    },
    async refresh(batch, ttl) {
      await db.put(table, encodeBatch(epoch, { ...batch, ttl }), { nonce: { S: batch.nonce } })
    },
  }
}
