import type { Db, Item, TransactionPart } from '../db.ts'
import { StoreUnavailable } from '../../store.ts'
import { type Batch, decodeBatch, encodeBatch } from './batch.ts'

/** The log's table: batches under the epoch's partition, and one item that names the epoch. */
export interface LogTable {
  readonly epoch: string
  /** `refused`: something is at that place already, perhaps this very batch. */
  put(batch: Batch): Promise<'done' | 'refused'>
  /** Takes back a batch that came to its place too late. */
  remove(batch: Batch): Promise<void>
  /** Up to a megabyte of batches that begin after a sequence number, in order. Throws {@link LogEnded}. */
  after(sequence: number): Promise<Batch[]>
  /** The same, and whether there was more at that moment. */
  follow(sequence: number): Promise<{ readonly batches: Batch[]; readonly more: boolean }>
  /** The oldest batch that is still there. */
  oldest(): Promise<Batch | undefined>
  /** The last batch that begins at or before a sequence number; without one, the last of all. */
  upTo(sequence?: number): Promise<Batch | undefined>
  /** From the newest to the oldest. */
  backwards(from: number): AsyncIterable<Batch>
  isTaken(sequence: number): Promise<boolean>
  /** Holds in a transaction while nothing begins at a sequence number. */
  nothingAt(sequence: number): TransactionPart
  /** Whether the table still holds this log: it may have been made anew meanwhile. */
  isCurrent(): Promise<boolean>
  /** Keeps the last batch from expiring: with it the log's end would be forgotten. */
  refresh(batch: Batch, ttl: number): Promise<void>
  /** Resolves when the table takes writes. Writes nothing. */
  probe(): Promise<void>
}

/** Nothing will ever follow in this epoch: the log goes on in another. */
export class LogEnded extends StoreUnavailable {
  constructor() {
    super('the log goes on in a new epoch', { retryAfter: 1 })
  }
}

export const epochKey: Item = { shard: { S: 'epoch' }, seq: { N: '0' } }

const number = (value: number) => ({ N: String(value) })

/** Takes the place after the last batch for ever, so that nobody can append to this epoch again. */
export const endItem = (epoch: string, sequence: number): Item => ({
  shard: { S: epoch },
  seq: number(sequence),
  ended: { BOOL: true },
})

const isEnd = (item: Item): boolean => item['ended'] !== undefined

const decoded = (items: readonly Item[]): Batch[] => items.filter((item) => !isEnd(item)).map(decodeBatch)

export function logTable(db: Db, table: string, epoch: string): LogTable {
  const shard = { S: epoch }
  const query = { TableName: table, ConsistentRead: true }
  const keyOf = (sequence: number): Item => ({ shard, seq: number(sequence) })
  return {
    epoch,
    async put(batch) {
      if (batch.first === 1)
        await db.put(table, { ...epochKey, epoch: shard, used: { BOOL: true } }, { epoch: shard })
      return db.put(table, encodeBatch(epoch, batch), { shard: 'absent' })
    },
    async remove({ first, nonce }) {
      await db.remove(table, keyOf(first), { nonce: { S: nonce } })
    },
    async after(sequence) {
      return (await this.follow(sequence)).batches
    },
    async oldest() {
      const { items } = await db.query({
        ...query,
        KeyConditionExpression: '#shard = :shard',
        values: { ':shard': shard },
        limit: 1,
      })
      return decoded(items)[0]
    },
    async follow(sequence) {
      const { items, next } = await db.query({
        ...query,
        KeyConditionExpression: '#shard = :shard AND #seq > :seq',
        values: { ':shard': shard, ':seq': number(sequence) },
      })
      const batches = decoded(items)
      if (batches.length === 0 && items.length > 0) throw new LogEnded()
      return { batches, more: next !== undefined }
    },
    async upTo(sequence = Number.MAX_SAFE_INTEGER) {
      const { items } = await db.query({
        ...query,
        KeyConditionExpression: '#shard = :shard AND #seq <= :seq',
        values: { ':shard': shard, ':seq': number(sequence) },
        ScanIndexForward: false,
        limit: 2,
      })
      return decoded(items)[0]
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
        // One at a time: a page may hold tens of thousands of versions.
        for (const item of page.items) if (!isEnd(item)) yield decodeBatch(item)
        start = page.next
      } while (start)
    },
    isTaken: async (sequence) => (await db.get(table, keyOf(sequence))) !== undefined,
    nothingAt: (sequence) => ({ table, key: keyOf(sequence), condition: { shard: 'absent' } }),
    async isCurrent() {
      return (await db.get(table, epochKey))?.['epoch']?.S === epoch
    },
    async refresh(batch, ttl) {
      await db.put(table, encodeBatch(epoch, { ...batch, ttl }), { nonce: { S: batch.nonce } })
    },
    async probe() {
      await db.put(table, { shard: { S: 'probe' }, seq: number(0) }, { shard: { S: 'never' } })
    },
  }
}
