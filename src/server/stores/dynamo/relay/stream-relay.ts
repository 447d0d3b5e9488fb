import type { Logger } from '../../../telemetry/logger.ts'
import { type Change, StoreUnavailable } from '../../store.ts'
import type { Item } from '../db.ts'
import { backwards } from '../log/backwards.ts'
import type { OnDemandLog } from '../log/on-demand-log.ts'
import type { Tail } from '../log/tail.ts'
import { digestOfInsight, insightOf } from '../tables/item.ts'
import type { StreamNews } from './stream-news.ts'

/** One change of an insight's item, as the table's stream tells of it. */
export interface TableChange {
  readonly alertId: string
  /** When DynamoDB took it, in ms since the epoch. */
  readonly at: number
  /** The item before and after, as far as the stream has them. */
  readonly before?: Item | undefined
  readonly after?: Item | undefined
}

/** What became of changes: the first `done` of them are in the log, or are no news; `fault` says why the rest isn't. */
export interface Brought {
  readonly done: number
  readonly fault?: unknown
}

interface Parts {
  readonly log: OnDemandLog
  readonly news: StreamNews
  readonly logger: Logger
  /** In ms. */
  readonly retention: number
}

/** Clocks that differ, and a writer that wrote a little late. */
const marginMs = 120_000
const maxPerAppend = 500

/**
 * Brings into the log what others put into the table, told by the table's stream instead of by looking for it.
 *
 * A change that the log caused is told as well. Its entry was the last of the log when the item was written: the log
 * is read back to the last entry of before the change, and what is an alert's latest version there is no news. So
 * every writer of one log needs the same `retention`, from which the age of an entry is known. What then is news is
 * decided by the table as it is now: of two changes that follow each other at once the first may never be seen.
 */
export class StreamRelay {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async bring(changes: readonly TableChange[]): Promise<Brought> {
    const { news, log } = this.#parts
    const digests = changes.map(({ before, after }) => [digestOfItem(before), digestOfItem(after)] as const)
    const changed = changes.filter((_, at) => {
      const [before, after] = digests[at] ?? []
      return after === undefined || before !== after
    })
    if (changed.length === 0) return { done: changes.length }
    let done = 0
    try {
      const { tail } = await log.current()
      news.expect(changed.map(({ alertId }) => alertId))
      await this.#lookBack(tail, Math.min(...changed.map(({ at }) => at)) - marginMs)
      for (let at = 0; at < changes.length; at += maxPerAppend) {
        const part = changes.slice(at, at + maxPerAppend)
        const ids = part.flatMap((change, index) => {
          const [before, after] = digests[at + index] ?? []
          const isNothing = after !== undefined && (before === after || news.isLatest(change.alertId, after))
          return isNothing ? [] : [change.alertId]
        })
        if (ids.length > 0) await (await log.current()).writer.append([...new Set(ids)].map(untouched))
        done = at + part.length
      }
      return { done }
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault
      return { done, fault }
    } finally {
      news.expect([])
    }
  }

  /** Over the log from its end to the first batch that is older than `since`, in ms since the epoch. */
  async #lookBack(tail: Tail, since: number): Promise<void> {
    for await (const batch of backwards(tail, tail.head)) {
      this.#parts.news.takeEarlier(batch)
      if (batch.ttl * 1000 - this.#parts.retention < since) return
    }
  }
}

/** Undefined for what is no insight. */
function digestOfItem(item: Item | undefined): string | undefined {
  const insight = item && insightOf(item)
  return insight && digestOfInsight(insight)
}

const untouched = (alertId: string): Change => ({ alertId, apply: () => undefined })
