import type { Db, Item } from '../db.ts'
import { decodeVersions, encodeVersions, type Version } from '../log/batch.ts'

/** A group of versions whose node lost the race for a place in the log, handed over to whoever wins next. */
export interface Waiting {
  readonly nonce: string
  /** The end of the log after which it was planned: it holds unless its alerts are touched after that. */
  readonly at: number
  /** When it was first tried, in ms since the epoch: the list is in this order. */
  readonly since: number
  readonly versions: readonly Version[]
  /** The alerts that it was planned from, changed or not. */
  readonly alertIds: readonly string[]
  /** Bytes of the versions as they are stored. */
  readonly size: number
  readonly key: Item
}

/** Long enough for any node to take it, in seconds. */
const keptFor = 600

/** Groups that wait, in a partition of the log's table beside the log: the oldest first. */
export class WaitingList {
  readonly #db: Db
  readonly #table: string
  readonly #shard: { readonly S: string }

  constructor(db: Db, table: string, epoch: string) {
    this.#db = db
    this.#table = table
    this.#shard = { S: `${epoch}#waiting` }
  }

  async add(group: Pick<Waiting, 'nonce' | 'at' | 'since' | 'versions' | 'alertIds'>): Promise<void> {
    const now = this.#db.now()
    await this.#db.put(this.#table, {
      shard: this.#shard,
      // Microseconds, the last three of them by chance: two nodes hardly ever want the same key.
      seq: { N: String(Math.floor(group.since) * 1000 + Math.floor(Math.random() * 1000)) },
      nonce: { S: group.nonce },
      at: { N: String(group.at) },
      alerts: { S: JSON.stringify(group.alertIds) },
      data: { B: encodeVersions(group.versions) },
      ttl: { N: String(Math.ceil(now / 1000) + keptFor) },
    })
  }

  async list(): Promise<Waiting[]> {
    const { items } = await this.#db.query({
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: '#shard = :shard',
      values: { ':shard': this.#shard },
    })
    return items.map((item) => ({
      nonce: item['nonce']?.S ?? '',
      at: Number(item['at']?.N),
      since: Number(item['seq']?.N) / 1000,
      versions: decodeVersions(item['data']?.B),
      alertIds: JSON.parse(item['alerts']?.S ?? '[]') as string[],
      size: item['data']?.B?.length ?? 0,
      key: { shard: this.#shard, seq: item['seq'] ?? { N: '0' } },
    }))
  }

  async remove(groups: readonly Waiting[]): Promise<void> {
    await this.#db.removeMany(
      this.#table,
      groups.map(({ key }) => key),
    )
  }
}
