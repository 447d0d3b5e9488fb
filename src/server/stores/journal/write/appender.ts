import type { Insight } from '../../../../protocol/insight/insight.ts'
import { encodeInsight } from '../../../../protocol/insight/encode.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { type Change, type Outcome, StoreUnavailable } from '../../store.ts'
import type { Cursor } from '../../../../protocol/cursor.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import { factsOf } from '../format/facts.ts'
import { LogCursor } from '../format/log-cursor.ts'
import { Gathering, type Group } from './gathering.ts'
import type { SegmentWriter } from './segment-writer.ts'

/** How long after a failed write the next one is tried, when nobody appends before. */
const probeMs = 1000

/** `json` is there where it was read back; made anew it only lives until it is in its line. */
interface Version {
  readonly cursor: Cursor
  readonly insight: Insight
  readonly json?: string
}

/**
 * Gives changes their place in the log and makes them durable. While one group is written and
 * synced, the next one gathers, so that any number of appends costs two syncs at most.
 *
 * A change is evaluated against the latest version, also one that isn't durable yet. When a group
 * fails, everything that was evaluated on top of it is refused with it. After a failed sync nobody
 * knows what the disk holds, so nothing more is accepted until a restart. A full disk or a lack of
 * file descriptors passes: until then the writer is probed, so that {@link fault} is right while nobody appends.
 */
export class Appender {
  readonly #durable: DurableLog
  readonly #writer: SegmentWriter
  readonly #logger: Logger
  readonly #now: () => number
  readonly #maintain: () => Promise<void>
  #maintenanceDue = false
  /** Latest versions that are not durable yet, and the last place that was given away. */
  readonly #staged = new Map<string, Version>()
  #stagedHead: number
  /** Alerts whose latest version was damaged when a new one came. */
  readonly #unreadable = new Set<string>()
  readonly #gathering = new Gathering()
  #running: Promise<void> | undefined
  #refusal: StoreUnavailable | undefined
  /** Why the last write failed, where the next one may not. */
  #trouble: string | undefined
  #probeTimer: NodeJS.Timeout | undefined
  #probeDue = false

  constructor(
    durable: DurableLog,
    writer: SegmentWriter,
    options: { logger: Logger; now: () => number; maintain: () => Promise<void> },
  ) {
    this.#durable = durable
    this.#writer = writer
    this.#logger = options.logger
    this.#now = options.now
    this.#maintain = options.maintain
    this.#stagedHead = durable.head
  }

  /** Why appends are refused now; undefined while they are taken. */
  fault(): string | undefined {
    this.#checkOwnership()
    return this.#refusal?.message ?? this.#trouble
  }

  async append(changes: readonly Change[]): Promise<Outcome[]> {
    if (this.#refusal) throw this.#refusal
    const before = this.#stagedHead
    const outcomes = this.#stage(changes)
    // What rests on durable versions alone has nothing to wait for.
    if (this.#stagedHead === before && !changes.some(({ alertId }) => this.#staged.has(alertId))) {
      this.#checkOwnership()
      if (this.#refusal) throw this.#refusal
      return outcomes
    }
    const done = this.#gathering.join()
    this.#running ??= this.#run()
    await done
    return outcomes
  }

  /** Runs the maintenance as after an append, where it can't meet a write. */
  maintain(): void {
    this.#checkOwnership()
    if (this.#refusal) return
    this.#maintenanceDue = true
    this.#running ??= this.#run()
  }

  /** Refuses what comes from now on, and waits for what was accepted. */
  async close(): Promise<void> {
    this.#refusal ??= new StoreUnavailable('the journal is closed')
    clearTimeout(this.#probeTimer)
    await this.#running
    await this.#writer.close()
  }

  #checkOwnership(): void {
    if (this.#refusal) return
    try {
      this.#writer.checkOwnership()
    } catch (error) {
      this.#refuse(error, 0)
    }
  }

  /** Puts what the changes make into the group that gathers, line by line: all of it, or nothing when one throws. */
  #stage(changes: readonly Change[]): Outcome[] {
    const at = new Date(this.#now()).toISOString()
    const mark = this.#gathering.lineCount
    const own = new Map<string, Version>()
    let head = this.#stagedHead
    try {
      const outcomes = changes.map((change): Outcome => {
        const { alertId } = change
        const current = own.get(alertId) ?? this.#staged.get(alertId) ?? this.#stored(change)
        const insight = change.apply(current?.insight)
        const cursor = current?.cursor ?? this.#durable.headCursor
        if (insight === undefined)
          return { alertId, result: current ? 'unchanged' : 'absent', cursor, insight: current?.insight }
        const json = encodeInsight(insight)
        if (current && json === (current.json ?? encodeInsight(current.insight)))
          return { alertId, result: 'unchanged', cursor, insight: current.insight }
        if (insight.alert_id !== alertId)
          throw new TypeError(`a change of ${alertId} made ${insight.alert_id}`)
        const sequence = head + 1
        const checksum = this.#gathering.add(
          {
            alertId,
            sequence,
            facts: factsOf(insight),
            isNew: current === undefined && !this.#unreadable.has(alertId),
          },
          at,
          json,
        )
        head = sequence
        const version = { cursor: new LogCursor(this.#durable.epoch, sequence, checksum), insight }
        own.set(alertId, version)
        return { alertId, result: current ? 'updated' : 'created', ...version }
      })
      for (const [alertId, version] of own) this.#staged.set(alertId, version)
      this.#stagedHead = head
      return outcomes
    } catch (error) {
      this.#gathering.cut(mark)
      throw error
    }
  }

  /** A version that can't be read any more is none for who brings a new one, and an error for who builds on it. */
  #stored(change: Change): Version | undefined {
    const latest = this.#durable.find(change.alertId)
    if (!latest) return undefined
    try {
      const entry = this.#durable.read(latest)
      return entry && { cursor: entry.cursor, json: entry.json, insight: entry.insight }
    } catch (error) {
      if (!(error instanceof DamagedLine) || change.apply(undefined) === undefined) throw error
      this.#unreadable.add(change.alertId)
      return undefined
    }
  }

  async #run(): Promise<void> {
    while (true) {
      await this.#gathering.settle()
      if (this.#gathering.isEmpty && !this.#maintenanceDue && !this.#probeDue) break
      const group = this.#gathering.take()
      this.#maintenanceDue = false
      try {
        await this.#commit(group)
        for (const { resolve } of group.waiting) resolve()
      } catch (error) {
        this.#fail(group, error)
      }
      if (this.#refusal) this.#probeDue = false
      else await this.#maintain()
      if (this.#probeDue) await this.#probeWriter()
    }
    this.#running = undefined
  }

  async #commit({ lines, bytes }: Group): Promise<void> {
    if (lines.length === 0) return
    await this.#writer.write(bytes, this.#now())
    this.#recover()
    this.#durable.publish(lines, bytes)
    for (const { alertId, sequence } of lines)
      if (this.#staged.get(alertId)?.cursor.sequence === sequence) this.#staged.delete(alertId)
  }

  #fail(group: Group, error: unknown): void {
    const refusal = this.#refuse(error, group.lines.length + this.#gathering.lineCount)
    const { waiting: next } = this.#gathering.take()
    this.#staged.clear()
    this.#stagedHead = this.#durable.head
    for (const { reject } of [...group.waiting, ...next]) reject(refusal)
  }

  /** What those are told whose appends this error ended, so many lines in all; for good when the writer has failed. */
  #refuse(error: unknown, lines: number): StoreUnavailable {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `the journal can't be written (${reason})`
    if (this.#writer.failed) {
      this.#logger('error', 'journal failed: no writes until a restart', { reason, refused: lines })
      const refusal = new StoreUnavailable(`${message}; it takes no writes until the server is restarted`, {
        cause: error,
      })
      this.#refusal ??= refusal
      return refusal
    }
    if (lines > 0) this.#logger('error', 'journal write failed', { reason, refused: lines })
    this.#trouble = message
    this.#probeTimer ??= setTimeout(() => {
      this.#probeTimer = undefined
      this.#probeDue = true
      this.#running ??= this.#run()
    }, probeMs).unref()
    return new StoreUnavailable(message, { cause: error })
  }

  async #probeWriter(): Promise<void> {
    this.#probeDue = false
    try {
      await this.#writer.probe(this.#now())
      this.#recover()
    } catch (error) {
      this.#refuse(error, 0)
    }
  }

  #recover(): void {
    if (this.#trouble === undefined) return
    this.#trouble = undefined
    clearTimeout(this.#probeTimer)
    this.#probeTimer = undefined
    this.#logger('info', 'the journal takes writes again')
  }
}
