import { setTimeout as sleep } from 'node:timers/promises'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { StoreUnavailable } from '../../store.ts'
import type { Db } from '../db.ts'
import type { Batch, Version } from '../log/batch.ts'
import type { LogTable } from '../log/log-table.ts'
import type { Count } from '../tables/count.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import { isRefusedForever, type PartOutcome } from '../trouble.ts'

interface Parts {
  readonly db: Db
  readonly table: InsightTable
  readonly logTable: LogTable
  readonly logger: Logger
  readonly count: Count
}

/** DynamoDB takes 100 parts and 4 MB; one part is the fence. */
const maxParts = 90
const maxBytes = 3 * 1024 * 1024
const maxTries = 30

/**
 * Writes to the insight table that take effect only while their batch is the last of the log: one
 * transaction of the writes and "nothing is at (epoch, last + 1)". A later batch is put there only
 * after this one was settled, so a fence that fails says that nothing is left to do.
 *
 * A server without transactions gets the next best: the item is read, then the end of the log, then
 * the write goes out on condition of the item as read. Since every write of ours moves the item's
 * expiry, that is as exact, but for items whose expiry isn't ours to move.
 */
export class FencedWrites {
  readonly #parts: Parts
  #hasTransactions = true

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** How many versions this call wrote; the others were there, or were overtaken. */
  async write(batch: Batch, versions: readonly Version[]): Promise<number> {
    let missing = versions
    let written = 0
    for (let tries = 0; missing.length > 0; tries++) {
      if (tries === maxTries) throw new StoreUnavailable('an alert of the last entry changes all the time')
      if (tries > 0) await sleep(Math.random() * 20 * Math.min(tries, 10))
      const found = await this.#parts.table.getMany(missing.map(({ alertId }) => alertId))
      missing = missing.filter(({ alertId, mark }) => found.get(alertId)?.digest === mark)
      const left: Version[] = []
      for (const some of chunks(missing)) {
        const outcomes = await this.#attempt(batch, some, found)
        if (outcomes === 'fenced') {
          this.#parts.count('fenced', some.length)
          return written
        }
        if (outcomes === 'done') written += some.length
        else left.push(...(await this.#withoutInvalid(batch, some, { outcomes, found })))
      }
      missing = left
    }
    return written
  }

  /** What isn't refused for ever. The log has such an insight all the same, and must go on. */
  async #withoutInvalid(
    batch: Batch,
    versions: readonly Version[],
    { outcomes, found }: { outcomes: readonly PartOutcome[] | 'invalid'; found: ReadonlyMap<string, Stored> },
  ): Promise<Version[]> {
    if (outcomes === 'invalid' && versions.length > 1) {
      // Which one it is, only one at a time can tell.
      const left: Version[] = []
      for (const version of versions) {
        const alone = await this.#attempt(batch, [version], found)
        if (alone === 'fenced') return []
        if (alone !== 'done')
          left.push(...(await this.#withoutInvalid(batch, [version], { outcomes: alone, found })))
      }
      return left
    }
    return versions.filter(({ alertId }, at) => {
      if (outcomes !== 'invalid' && outcomes[at] !== 'invalid') return true
      this.#parts.logger('error', 'insight not written to the table: DynamoDB finds it invalid', {
        alert_id: alertId,
      })
      return false
    })
  }

  /** An outcome for each version, when some stood in the way. */
  async #attempt(
    batch: Batch,
    versions: readonly Version[],
    found: ReadonlyMap<string, Stored>,
  ): Promise<'done' | 'fenced' | 'invalid' | readonly PartOutcome[]> {
    const { db, table, logTable, logger } = this.#parts
    const writes = versions.map(({ alertId, json }) =>
      table.write(parseInsight(json), found.get(alertId) ?? absent),
    )
    try {
      if (this.#hasTransactions) {
        const result = await db.transact([logTable.nothingAt(batch.last + 1), ...writes])
        if (result === 'done') return result
        if (result !== 'unsupported') return result[0] === 'refused' ? 'fenced' : result.slice(1)
        this.#hasTransactions = false
        logger('warn', 'this DynamoDB has no transactions: writes are fenced by reads')
      }
      if (await logTable.isTaken(batch.last + 1)) return 'fenced'
      const outcomes = await Promise.all(
        writes.map((write) => db.put(write.table, write.item, write.condition)),
      )
      return outcomes.every((outcome) => outcome === 'done')
        ? 'done'
        : outcomes.map((outcome) => (outcome === 'done' ? 'fine' : 'refused'))
    } catch (error) {
      if (isRefusedForever(error)) return 'invalid'
      throw error
    }
  }
}

const absent: Stored = { item: undefined, insight: undefined, digest: 'absent' }

/** Parts that one transaction can hold. */
function* chunks(versions: readonly Version[]): Generator<Version[]> {
  let some: Version[] = []
  let bytes = 0
  for (const version of versions) {
    // What the condition repeats of the item that is there counts, too.
    const size = 2 * Buffer.byteLength(version.json) + 2048
    if (some.length === maxParts || (some.length > 0 && bytes + size > maxBytes)) {
      yield some
      some = []
      bytes = 0
    }
    some.push(version)
    bytes += size
  }
  if (some.length > 0) yield some
}
