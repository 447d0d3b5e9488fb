import { fieldNames } from '../../../../protocol/insight/fields.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import type { Condition } from '../condition.ts'
import type { Db, Item, TransactionPart } from '../db.ts'
import { narrow, type Slack, wide } from './raw-range.ts'
import { digestOfInsight, insightOf, isExpired, insightType, isUniqueAfter, itemOf, keyOf } from './item.ts'

/** What the table holds of an alert; an item that expired or can't be read counts as absent. */
export interface Stored {
  readonly item: Item | undefined
  readonly insight: Insight | undefined
  /** `absent` without an insight. */
  readonly digest: string
}

export type TableWrite = Extract<TransactionPart, { readonly item: Item }> & {
  /** No later write of ours can bring back what the condition asks for. */
  readonly isUnique: boolean
}

const nothing: Stored = { item: undefined, insight: undefined, digest: 'absent' }

/** What a walk over everything found: whether all time stamps are plain, and how much there is. */
export interface Survey {
  readonly plain: boolean
  readonly pages: number
}

/**
 * The insights of the existing table. Its other items are never read or written, and nothing is
 * ever written that isn't an insight's own: others listen to this table's changes.
 */
export class InsightTable {
  readonly #db: Db
  readonly #table: string
  /** How long a new insight lives, in ms. */
  readonly #retention: number
  #survey: Survey | undefined

  constructor(db: Db, table: string, options: { retention: number; survey?: Survey | undefined }) {
    this.#db = db
    this.#table = table
    this.#retention = options.retention
    this.#survey = options.survey
  }

  surveyed(survey: Survey): void {
    this.#survey = survey
  }

  /** How far texts may stand from their instants. In a small table caution costs next to nothing. */
  get slack(): Slack {
    return this.#survey?.plain === true && this.#survey.pages > 4 ? narrow : wide
  }

  async get(alertId: string): Promise<Stored> {
    return this.#stored(await this.#db.get(this.#table, keyOf(alertId)))
  }

  /** Strongly consistent. */
  async getMany(alertIds: readonly string[]): Promise<Map<string, Stored>> {
    const found = new Map<string, Stored>(alertIds.map((id) => [id, nothing]))
    const items = await this.#db.getMany(this.#table, [...found.keys()].map(keyOf))
    for (const item of items) found.set(item['entity_id']?.S ?? '', this.#stored(item))
    return found
  }

  /** Resolves when the table takes writes. Writes nothing. */
  async probe(): Promise<void> {
    await this.#db.put(this.#table, keyOf('probe'), { entity_id: { S: 'never' } })
  }

  /** The write of an insight in the place of exactly what was read there. */
  write(insight: Insight, { item }: Stored): TableWrite {
    const ttl = Math.ceil((this.#db.now() + this.#retention) / 1000)
    const former = item !== undefined && isExpired(item, this.#db.now()) ? {} : item
    const isKept = item !== undefined && item['ttl'] === undefined
    return {
      table: this.#table,
      item: itemOf(insight, former, isKept ? undefined : ttl),
      condition: item === undefined ? { entity_id: 'absent' } : unchanged(item),
      isUnique: isUniqueAfter(item, ttl),
    }
  }

  /**
   * Pages of what lives in the index between two raw time stamps, as they sort there. A page may
   * be empty, and is one read of DynamoDB.
   */
  async *walk(options: {
    readonly from?: string | undefined
    readonly to?: string | undefined
    readonly newestFirst?: boolean
    /** Of the first page; each one after it is twice as long. Undefined: as much as DynamoDB gives at once. */
    readonly firstPage?: number
    readonly pageSize?: number
    /** Adds up what the pages consume, in read units. */
    readonly meter?: { units: number }
  }): AsyncGenerator<Stored[]> {
    const { from, to, newestFirst = false, firstPage, meter } = options
    let limit = firstPage ?? options.pageSize
    // BETWEEN with its ends the wrong way round is a fault, not an empty answer.
    if (from !== undefined && to !== undefined && from > to) return
    const time =
      from !== undefined && to !== undefined
        ? ' AND #timestamp BETWEEN :from AND :to'
        : from !== undefined
          ? ' AND #timestamp >= :from'
          : to !== undefined
            ? ' AND #timestamp <= :to'
            : ''
    let start: Item | undefined
    do {
      const page = await this.#db.query({
        TableName: this.#table,
        IndexName: 'EntityTypeIndex',
        KeyConditionExpression: `#entity_type = :type${time}`,
        ScanIndexForward: !newestFirst,
        values: {
          ':type': insightType,
          ...(from === undefined ? {} : { ':from': { S: from } }),
          ...(to === undefined ? {} : { ':to': { S: to } }),
        },
        ...(limit === undefined ? {} : { limit }),
        start,
      })
      if (meter) meter.units += page.units
      if (firstPage !== undefined && limit !== undefined) limit *= 2
      yield page.items.map((item) => this.#stored(item)).filter(({ insight }) => insight !== undefined)
      start = page.next
    } while (start)
  }

  #stored(item: Item | undefined): Stored {
    if (item === undefined) return nothing
    const insight = isExpired(item, this.#db.now()) ? undefined : insightOf(item)
    return { item, insight, digest: insight === undefined ? 'absent' : digestOfInsight(insight) }
  }
}

/**
 * The table has no version numbers and may get none, so a write is fenced by the whole content:
 * what was there is there still, and no field of an insight has joined it.
 */
function unchanged(item: Item): Condition {
  const condition: Record<string, Condition[string]> = { ...item }
  for (const name of optional) condition[name] ??= 'absent'
  return condition
}

/** An item always has the others: they are its key and its place in the index. */
const optional = [
  'related_entity',
  'ttl',
  ...fieldNames.filter((name) => name !== 'alert_id' && name !== 'entity_id' && name !== 'timestamp'),
]
