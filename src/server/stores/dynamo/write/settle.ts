import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Batch, Version } from '../log/batch.ts'
import type { Count } from '../tables/count.ts'
import type { Db } from '../db.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import type { FencedWrites } from './fenced-writes.ts'
import { isPrompt, type Moment } from './moment.ts'

interface Parts {
  readonly db: Db
  readonly table: InsightTable
  readonly count: Count
  readonly fenced: FencedWrites
}

/** What a batch's own writer knows: what the table held, and when it began to put the batch into the log. */
export interface OwnBatch {
  readonly stored: ReadonlyMap<string, Stored>
  readonly since: Moment
}

/** Writes under way at once. */
const width = 64

/**
 * Brings a batch's latest versions into the insight table. An entry comes first, its insight second,
 * so a node may die between the two. Whoever appends next settles the last batch before: at most the
 * last batch of the log is ever unsettled. Any number of nodes may settle the same batch at once.
 *
 * `mark` tells what to do. The table holds what it held when the entry was written: the write is
 * still missing. It holds the version: done. It holds anything else: another writer came after the
 * entry; theirs stays, and comes into the log as the next version.
 *
 * A node may stop anywhere for any time, and an alert may be back at what it was before. So only the
 * batch's own writer, at once and once, writes on the content alone; whatever comes later is fenced by
 * the end of the log: see {@link FencedWrites}.
 */
export class Settler {
  readonly #parts: Parts
  #settled = ''
  #settling: { nonce: string; done: Promise<void> } | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  isSettled(batch: Batch): boolean {
    return batch.nonce === this.#settled
  }

  async settle(batch: Batch, own?: OwnBatch): Promise<void> {
    while (this.#settling && this.#settling.nonce !== batch.nonce) await this.#settling.done.catch(() => {})
    if (this.isSettled(batch)) return
    this.#settling ??= {
      nonce: batch.nonce,
      done: this.#write(batch, own)
        .then(() => void (this.#settled = batch.nonce))
        .finally(() => (this.#settling = undefined)),
    }
    await this.#settling.done
  }

  async #write(batch: Batch, own: OwnBatch | undefined): Promise<void> {
    const latest = new Map<string, Version>()
    for (const version of batch.versions) latest.set(version.alertId, version)
    let missing = [...latest.values()].filter(({ mark }) => mark !== 'same')
    if (own) missing = await this.#writeAtOnce(missing, own)
    if (missing.length === 0) return
    const written = await this.#parts.fenced.write(batch, missing)
    if (!own && written > 0) this.#parts.count('settled_for_others', written)
  }

  /** The versions of which it isn't known that the table has them. */
  async #writeAtOnce(versions: readonly Version[], { stored, since }: OwnBatch): Promise<Version[]> {
    const { db, table } = this.#parts
    const late: Version[] = []
    const work = versions.values()
    const lane = async () => {
      for (const version of work) {
        const found = stored.get(version.alertId)
        const write = found && table.write(parseInsight(version.json), found)
        if (found?.digest === version.mark && write?.isUnique && isPrompt(since)) {
          const result = await db.putOnce(write.table, write.item, write.condition)
          if (result === 'done') continue
        }
        late.push(version)
      }
    }
    await Promise.all(Array.from({ length: Math.min(width, versions.length) }, lane))
    return late
  }
}
