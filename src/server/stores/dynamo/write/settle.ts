import { setTimeout as sleep } from 'node:timers/promises'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { StoreUnavailable } from '../../store.ts'
import type { Batch, Version } from '../log/batch.ts'
import type { Count } from '../tables/count.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import { isRefusedForever } from '../trouble.ts'

interface Parts {
  readonly table: InsightTable
  readonly logger: Logger
  readonly count: Count
  /** Whether nothing follows the batch, by a read that begins after the call. */
  readonly isLast: (batch: Batch) => Promise<boolean>
}

/** Writes under way at once. */
const width = 32
const mostTries = 30

/**
 * Brings a batch's latest versions into the insight table. An entry comes first, its insight second,
 * so a node may die between the two. Whoever appends next settles the last batch before: at most the
 * last batch of the log is ever unsettled. Any number of nodes may settle the same batch at once.
 *
 * `mark` tells what to do. The table holds what it held when the entry was written: the write is
 * still missing. It holds the version: done. It holds anything else: another writer came after the
 * entry; theirs stays, and comes into the log as the next version.
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

  /** `read` is what the batch's own writer read there: it needn't look before it writes. */
  async settle(batch: Batch, read?: ReadonlyMap<string, Stored>): Promise<void> {
    while (this.#settling && this.#settling.nonce !== batch.nonce) await this.#settling.done.catch(() => {})
    if (this.isSettled(batch)) return
    this.#settling ??= {
      nonce: batch.nonce,
      done: this.#write(batch, read)
        .then(() => void (this.#settled = batch.nonce))
        .finally(() => (this.#settling = undefined)),
    }
    await this.#settling.done
  }

  async #write(batch: Batch, read?: ReadonlyMap<string, Stored>): Promise<void> {
    const latest = new Map<string, Version>()
    for (const version of batch.versions) latest.set(version.alertId, version)
    let missing = [...latest.values()].filter(({ mark }) => mark !== 'same')
    if (missing.length === 0) return
    const found = read ?? (await this.#parts.table.getMany(missing.map(({ alertId }) => alertId)))
    if (!read) {
      missing = missing.filter(({ alertId, mark }) => found.get(alertId)?.digest === mark)
      // A later batch's writer has settled this one, and an alert may be back at what it was before.
      if (missing.length === 0 || !(await this.#parts.isLast(batch))) return
    }
    const work = missing.values()
    const lane = async () => {
      for (const version of work)
        if ((await this.#bring(version, found.get(version.alertId))) && !read)
          this.#parts.count('settled_for_others')
    }
    await Promise.all(Array.from({ length: Math.min(width, missing.length) }, lane))
  }

  /** Whether it was this call that wrote it. */
  async #bring(version: Version, found: Stored | undefined): Promise<boolean> {
    const { table, logger } = this.#parts
    const insight = parseInsight(version.json)
    let stored = found ?? (await table.get(version.alertId))
    for (let tries = 0; stored.digest === version.mark; tries++) {
      if (tries === mostTries) throw new StoreUnavailable(`${version.alertId} changes all the time`)
      try {
        if ((await table.put(insight, stored)) === 'done') return true
      } catch (error) {
        if (!isRefusedForever(error)) throw error
        // It would be refused for ever, and the log must go on. The log has it all the same.
        const fields = { alert_id: version.alertId, reason: String(error) }
        logger('error', 'insight not written to the table', fields)
        return false
      }
      await sleep(Math.random() * 20)
      stored = await table.get(version.alertId)
    }
    return false
  }
}
