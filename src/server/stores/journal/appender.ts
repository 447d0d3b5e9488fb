import type { Insight } from '../../../protocol/insight.ts'
import { encodeInsight } from '../../../protocol/insight.ts'
import type { Log } from '../../log.ts'
import { parseStored } from '../entry.ts'
import { type Change, type Outcome, StoreUnavailable } from '../store.ts'
import type { DurableLog, Line } from './durable-log.ts'
import { factsOf } from './facts.ts'
import { LineBuffer } from './line.ts'
import type { SegmentWriter } from './segment-writer.ts'

/** Lines that will be written and synced together, and the appends that wait for them. */
interface Group {
  readonly lines: Line[]
  readonly waiting: { resolve: () => void; reject: (error: unknown) => void }[]
}

/** `json` is there where it was read back; made anew it only lives until it is in its line. */
interface Version {
  readonly sequence: number
  readonly insight: Insight
  readonly json?: string
}

/** A group of so many appends is followed by one that waits for others to join it, no longer than this. */
const many = 8
const gatherMs = 1

const emptyGroup = (): Group => ({ lines: [], waiting: [] })

/**
 * Gives changes their place in the log and makes them durable. While one group is written and
 * synced, the next one gathers, so that any number of appends costs two syncs at most.
 *
 * A change is evaluated against the latest version, also one that isn't durable yet. When a group
 * fails, everything that was evaluated on top of it is refused with it. After a failed sync nobody
 * knows what the disk holds, so nothing more is accepted until a restart.
 */
export class Appender {
  readonly #durable: DurableLog
  readonly #writer: SegmentWriter
  readonly #log: Log
  readonly #now: () => number
  readonly #maintain: () => Promise<void>
  #maintenanceDue = false
  /** Latest versions that are not durable yet, and the last place that was given away. */
  readonly #staged = new Map<string, Version>()
  #stagedHead: number
  #gathering = emptyGroup()
  /** The bytes of the group that gathers. */
  readonly #buffer = new LineBuffer()
  /** How many appends waited for the group before. */
  #crowd = 0
  /** Ends the wait for as many. */
  #complete: (() => void) | undefined
  #running: Promise<void> | undefined
  #refusal: StoreUnavailable | undefined

  constructor(
    durable: DurableLog,
    writer: SegmentWriter,
    options: { log: Log; now: () => number; maintain: () => Promise<void> },
  ) {
    this.#durable = durable
    this.#writer = writer
    this.#log = options.log
    this.#now = options.now
    this.#maintain = options.maintain
    this.#stagedHead = durable.head
  }

  async append(changes: readonly Change[]): Promise<Outcome[]> {
    if (this.#refusal) throw this.#refusal
    const before = this.#stagedHead
    const outcomes = this.#stage(changes)
    // What rests on durable versions alone has nothing to wait for.
    if (this.#stagedHead === before && !changes.some(({ alertId }) => this.#staged.has(alertId)))
      return outcomes
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const { waiting } = this.#gathering
    if (waiting.push({ resolve, reject }) >= this.#crowd) this.#complete?.()
    this.#running ??= this.#run()
    await promise
    return outcomes
  }

  /** Runs the maintenance as after an append, where it can't meet a write. */
  maintain(): void {
    if (this.#refusal) return
    this.#maintenanceDue = true
    this.#running ??= this.#run()
  }

  /** Refuses what comes from now on, and waits for what was accepted. */
  async close(): Promise<void> {
    this.#refusal ??= new StoreUnavailable('the journal is closed')
    await this.#running
    await this.#writer.close()
  }

  /** Puts what the changes make into the group that gathers, line by line: all of it, or nothing when one throws. */
  #stage(changes: readonly Change[]): Outcome[] {
    const at = new Date(this.#now()).toISOString()
    const { lines } = this.#gathering
    const [lineCount, length] = [lines.length, this.#buffer.length]
    const own = new Map<string, Version>()
    try {
      const outcomes = changes.map((change): Outcome => {
        const { alertId } = change
        const current = own.get(alertId) ?? this.#staged.get(alertId) ?? this.#stored(alertId)
        const insight = change.apply(current?.insight)
        const cursor = this.#durable.cursor(current?.sequence ?? this.#durable.head)
        if (insight === undefined)
          return { alertId, result: current ? 'unchanged' : 'absent', cursor, insight: current?.insight }
        const json = encodeInsight(insight)
        if (current && json === (current.json ?? encodeInsight(current.insight)))
          return { alertId, result: 'unchanged', cursor, insight: current.insight }
        if (insight.alert_id !== alertId)
          throw new TypeError(`a change of ${alertId} made ${insight.alert_id}`)
        const sequence = this.#stagedHead + lines.length - lineCount + 1
        const facts = factsOf(insight)
        lines.push({ alertId, sequence, facts, length: this.#buffer.add(sequence, at, json) })
        own.set(alertId, { sequence, insight })
        return {
          alertId,
          result: current ? 'updated' : 'created',
          cursor: this.#durable.cursor(sequence),
          insight,
        }
      })
      for (const [alertId, version] of own) this.#staged.set(alertId, version)
      this.#stagedHead += lines.length - lineCount
      return outcomes
    } catch (error) {
      lines.length = lineCount
      this.#buffer.cut(length)
      throw error
    }
  }

  #stored(alertId: string): Version | undefined {
    const slot = this.#durable.find(alertId)
    if (slot < 0) return undefined
    const json = this.#durable.readSlot(slot)
    return { sequence: this.#durable.table.sequence[slot]!, json, insight: parseStored(json) }
  }

  async #run(): Promise<void> {
    while (true) {
      await this.#gather()
      if (this.#gathering.waiting.length === 0 && !this.#maintenanceDue) break
      const group = this.#gathering
      const bytes = this.#buffer.take()
      this.#gathering = emptyGroup()
      this.#maintenanceDue = false
      try {
        await this.#commit(group, bytes)
        for (const { resolve } of group.waiting) resolve()
      } catch (error) {
        this.#fail(group, error)
      }
      if (!this.#refusal) await this.#maintain()
    }
    this.#running = undefined
  }

  /**
   * What else this turn of the event loop brings joins the group. After a group of many the next one waits for
   * as many, a moment at most: they come back one by one, and a sync for each few would cost more than
   * the rest of the work.
   */
  async #gather(): Promise<void> {
    await new Promise(setImmediate)
    const { waiting } = this.#gathering
    if (this.#crowd >= many && waiting.length > 0 && waiting.length < this.#crowd) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, gatherMs)
      this.#complete = resolve
      await promise
      clearTimeout(timer)
      await new Promise(setImmediate)
    }
    this.#crowd = waiting.length
  }

  async #commit(group: Group, bytes: Buffer): Promise<void> {
    if (group.lines.length === 0) return
    await this.#writer.write(bytes, this.#now())
    this.#durable.publish(group.lines, bytes)
    for (const { alertId, sequence } of group.lines)
      if (this.#staged.get(alertId)?.sequence === sequence) this.#staged.delete(alertId)
  }

  #fail(group: Group, error: unknown): void {
    const words = error instanceof Error ? error.message : String(error)
    const poisoned = this.#writer.failed
    const refusal = new StoreUnavailable(`the journal can't be written: ${words}`, { cause: error })
    this.#log('error', poisoned ? 'journal failed: no writes until a restart' : 'journal write failed', {
      reason: words,
      refused: group.lines.length + this.#gathering.lines.length,
    })
    if (poisoned) this.#refusal ??= refusal
    const refused = [...group.waiting, ...this.#gathering.waiting]
    this.#gathering = emptyGroup()
    this.#buffer.clear()
    this.#staged.clear()
    this.#stagedHead = this.#durable.head
    for (const { reject } of refused) reject(refusal)
  }
}
