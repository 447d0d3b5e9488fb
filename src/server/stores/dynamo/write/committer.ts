import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../../telemetry/logger.ts'
import { type Change, StoreUnavailable } from '../../store.ts'
import type { Db } from '../db.ts'
import type { Batch, Version } from '../log/batch.ts'
import type { Tail } from '../log/tail.ts'
import { type News, untilTold } from '../relay/news.ts'
import type { Count } from '../tables/count.ts'
import type { InsightTable, Stored } from '../tables/insight-table.ts'
import type { Health } from './health.ts'
import { elapsedSince, type Moment, thisMoment } from './moment.ts'
import { chooseGroups } from './choose-groups.ts'
import { fitting, movedTo, plan, type Plan } from './plan.ts'
import type { OwnBatch, Settler } from './settle.ts'
import type { Waiting, WaitingList } from './waiting-list.ts'

export interface CommitterParts {
  readonly db: Db
  readonly tail: Tail
  readonly table: InsightTable
  readonly settler: Settler
  readonly waitingList: WaitingList
  readonly logger: Logger
  readonly count: Count
  /** Seconds since the epoch at which an entry written now may expire. */
  readonly ttl: () => number
  /** Without, nobody else writes to the table. */
  readonly known: News | undefined
  readonly health: Health
}

/** What is to be written, and from what it was planned. */
interface Draft {
  readonly nonce: string
  readonly head: number
  /** When these changes were first tried, in ms since the epoch. */
  readonly since: number
  /** How often its alerts were touched by others before it was in the log. */
  readonly replans: number
  readonly planned: Plan
  readonly alertIds: readonly string[]
  readonly stored: ReadonlyMap<string, Stored>
  readonly waiting: readonly Waiting[]
}

const patienceMs = 20_000
const knowingMs = 200
/** Round trips for which a node that lost a race leaves the log to the winner, once it is heard of no more. */
const roundTripsOfSilence = 4
const roundTripsOfMemory = 50
const maxReplans = 2

/**
 * Brings one group of changes into the log at a time.
 *
 * A round: settle the last batch, read what the table holds of the alerts concerned, plan, and put
 * the batch at head + 1 on condition that nothing is there. After a lost race the plan still holds,
 * unless its alerts were touched: it goes to the new head as it is. To many writers the race itself would
 * be the cost, so a node that lost hands its group over to the winner: it puts it on a waiting list, which
 * every batch takes in as far as it can. If the winner is heard of no more, it races again. The nonce tells
 * that a group is in the log, by whoever's hand, and that it is there once.
 *
 * After an answer that never came the same place is tried again: it can be taken only once.
 */
export class Committer {
  readonly #parts: CommitterParts
  #lostAt = -Infinity
  /** How many groups of others went with the last batch that was put. */
  #followers = 0

  constructor(parts: CommitterParts) {
    this.#parts = parts
  }

  /** Writes as many of the changes as one batch holds; there are as many outcomes. */
  async commit(changes: readonly Change[]): Promise<Plan> {
    const { tail, count } = this.#parts
    const { epoch } = tail.table
    const began = thisMoment()
    const since = this.#parts.db.now()
    for (let replans = 0; elapsedSince(began) < patienceMs; replans++) {
      const draft = await this.#draft(changes, { since, replans })
      if (draft.planned.versions.length === 0) {
        await tail.catchUp()
        // What the table holds was in the log before it was read there, unless an entry came meanwhile.
        if (!this.#isTouched(draft))
          return movedTo({ epoch, head: tail.head, base: tail.head }, draft.planned)
        continue
      }
      const base = await this.#place(draft, began)
      if (base !== undefined) return movedTo({ epoch, head: draft.head, base }, draft.planned)
      count('replanned')
    }
    throw new StoreUnavailable('too many servers write at once')
  }

  async #draft(
    changes: readonly Change[],
    { since, replans }: Pick<Draft, 'since' | 'replans'>,
  ): Promise<Draft> {
    const { db, tail, table, settler, known, waitingList } = this.#parts
    if (tail.isStale) await tail.confirm()
    const { last, head } = tail
    const ids = new Set(changes.map(({ alertId }) => alertId))
    const isLeading = !this.#leavesItToOthers(replans)
    if (last && (isLeading || last.versions.some(({ alertId }) => ids.has(alertId))))
      await settler.settle(last)
    const reading = table.getMany([...ids])
    // Those whose groups went with the last batch come back with more after as long as this one does.
    if (isLeading && this.#followers > 0) {
      await reading
      await sleep(db.roundTrip() / 4)
    }
    const [stored, waiting] = await Promise.all([reading, isLeading ? waitingList.list() : []])
    if (known) await untilTold(known, stored.values(), knowingMs)
    const isNews = (found: Stored) => known?.isNews(found) ?? false
    const planned = fitting(plan({ epoch: tail.table.epoch, head, changes, stored, isNews }))
    const alertIds = [...new Set(planned.outcomes.map(({ alertId }) => alertId))]
    return { nonce: newNonce(), head, since, replans, planned, alertIds, stored, waiting }
  }

  /** The position before its first entry, once it is in the log; undefined when it has to be planned anew. */
  async #place(draft: Draft, began: Moment): Promise<number | undefined> {
    const { tail, settler, count, waitingList } = this.#parts
    let isWaiting = false
    let { waiting } = draft
    while (elapsedSince(began) < patienceMs) {
      const found = tail.find(draft.nonce, draft.head)
      if (found) {
        // Its answer was lost, so that nobody else brings it into the table for now.
        if (found.batch.nonce === draft.nonce) await this.#settled(found.batch)
        return found.base
      }
      if (this.#isTouched(draft)) return undefined
      if (this.#leavesItToOthers(draft.replans)) {
        if (!isWaiting) {
          const { nonce, head: at, since, alertIds, planned } = draft
          await waitingList.add({ nonce, at, since, alertIds, versions: planned.versions })
          isWaiting = true
          count('handed_over')
        }
        await sleep(this.#parts.db.roundTrip() / 2)
        await tail.catchUp()
        continue
      }
      const { last, head } = tail
      if (last && !settler.isSettled(last)) {
        await settler.settle(last)
        waiting = await waitingList.list()
        await tail.catchUp()
        if (tail.head !== head) continue
      }
      const put = await this.#put(draft, waiting)
      if (put === 'done') return head
      waiting = []
      if (put === 'yielded') continue
      count('raced')
      this.#lostAt = performance.now()
      await sleep(Math.random() * this.#parts.db.roundTrip() * 0.5)
      await tail.catchUp()
    }
    throw new StoreUnavailable('too many servers write at once')
  }

  /** `yielded`: the batch was put, without this group: others have waited longer. `refused`: the place was taken. */
  async #put(draft: Draft, waiting: readonly Waiting[]): Promise<'done' | 'yielded' | 'refused'> {
    const { tail, table, ttl, waitingList } = this.#parts
    const { last } = tail
    const { nonce, alertIds, since: triedSince } = draft
    const own = { nonce, alertIds, since: triedSince, versions: draft.planned.versions }
    const { isOwnIn, taken, useless } = chooseGroups(own, waiting, tail)
    const groups = isOwnIn ? [own, ...taken] : taken
    const versions: Version[] = groups.flatMap((group) => group.versions)
    const batch: Batch = {
      first: tail.head + 1,
      last: tail.head + versions.length,
      versions,
      nonce: isOwnIn ? nonce : newNonce(),
      parts: groups.map((group) => ({ nonce: group.nonce, count: group.versions.length })),
      ttl: Math.max(ttl(), last?.ttl ?? 0),
    }
    this.#followers = taken.length
    const since = thisMoment()
    const [put, others] = await Promise.all([
      tail.table.put(batch),
      table.getMany(taken.flatMap((group) => group.alertIds)),
    ])
    if (put === 'refused') return 'refused'
    if (tail.isStale) await this.#confirm(batch)
    await this.#committed(batch, { stored: new Map([...others, ...draft.stored]), since })
    const removed = waitingList.remove([...taken, ...useless])
    // Whoever leads next removes what stays.
    removed.catch(() => {})
    return isOwnIn ? 'done' : 'yielded'
  }

  /** A race was lost a while ago, and the winner is at it still. */
  #leavesItToOthers(replans: number): boolean {
    const { tail, db } = this.#parts
    // Alerts that are touched all the time: what waits would be overtaken again.
    if (replans > maxReplans) return false
    const roundTrip = db.roundTrip()
    if (performance.now() - this.#lostAt > roundTripsOfMemory * roundTrip) return false
    return tail.quietFor < roundTrip * (roundTripsOfSilence + Math.random())
  }

  /** Whether an entry after its head is about an alert that it was planned from. */
  #isTouched({ head, alertIds }: Draft): boolean {
    const batches = this.#parts.tail.after(head)
    const ids = new Set(alertIds)
    return batches?.some(({ versions }) => versions.some(({ alertId }) => ids.has(alertId))) ?? true
  }

  /** This may have slept so long that what was at this place has expired, and the log gone on elsewhere. */
  async #confirm(batch: Batch): Promise<void> {
    const { tail } = this.#parts
    try {
      await tail.confirm(batch)
    } catch (error) {
      await tail.table.remove(batch)
      throw error
    }
  }

  async #committed(batch: Batch, own: OwnBatch): Promise<void> {
    const { tail, count } = this.#parts
    tail.add(batch)
    this.#lostAt = -Infinity
    const relayed = batch.versions.filter(({ mark }) => mark === 'same').length
    if (relayed > 0) count('relayed', relayed)
    await this.#settled(batch, own)
  }

  async #settled(batch: Batch, own?: OwnBatch): Promise<void> {
    const { settler, health, logger } = this.#parts
    try {
      await settler.settle(batch, own)
      health.served()
    } catch (error) {
      health.refused(error)
      // It is in the log, which is what an append promises. The table follows before the next one.
      logger('warn', 'insights not written to the table yet', { reason: String(error) })
    }
  }
}

const newNonce = () => randomBytes(8).toString('hex')
