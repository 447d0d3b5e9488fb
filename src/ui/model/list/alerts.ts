import type { FeedEvent } from '../../../client/feed/feed.ts'
import { LiveList } from './live-list.ts'
import { beforeFieldName, type Filter, FilterFault, parseFilter } from '../../../protocol/filter/filter.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { severityOfInsight } from '../../../protocol/severity.ts'
import type { Data, Figures } from '../data.ts'
import { NewAbove } from './new-above.ts'
import { Rate } from '../rate.ts'
import type { GapItem, Row } from './row.ts'
import { type Arrangement, RowIndex } from './row-index.ts'

interface Wanted extends Omit<Arrangement, 'filter'> {
  readonly filter: string
  readonly typed?: string | undefined
}

type InsightEvent = Extract<FeedEvent, { type: 'insight' }>

const maxGaps = 100
/** Taken in before the next frame when more than this many wait, so that a burst can't pile up. */
const maxWaiting = 2000

/**
 * All alerts held, and their rows in the wanted arrangement. Events are queued as they come and
 * taken in frame by frame; while frozen they wait, each alert's latest version only.
 */
export class Alerts implements Data {
  readonly #list: LiveList
  #rows: RowIndex = new RowIndex({ sort: 'time', fold: true, filter: undefined })
  #gaps: readonly GapItem[] = []
  #queue: InsightEvent[] = []
  readonly #frozen = new Map<string, Insight>()
  #frozenGaps: GapItem[] = []
  readonly #above = new NewAbove()
  readonly #rate = new Rate()
  #fault: Figures['fault']
  /** The last filter parsed: most frames ask for the same. */
  #filter: { readonly text: string; readonly parsed: Filter | undefined } | undefined
  /** Looked up once for each key, not for each frame. */
  #previewed: { readonly typed: string; readonly shown: string } | undefined
  #isFrozen = false
  #frozenEvents = 0
  #skewMs = 0
  #now = 0
  /** Insights received since the start, and the critical ones among them. */
  seen = 0
  critical = 0

  constructor(capacity?: number) {
    this.#list = new LiveList(capacity)
  }

  get rows(): RowIndex {
    return this.#rows
  }

  get newAbove(): number {
    return this.#above.size
  }

  get waiting(): number {
    return this.#frozenEvents
  }

  get figures(): Figures {
    return {
      held: this.#list.size,
      matching: this.#rows.matching,
      dropped: this.#list.dropped,
      full: this.#list.size >= this.#list.capacity,
      perMinute: this.#rate.perMinute(this.#now),
      fault: this.#fault,
    }
  }

  get oldest(): Insight | undefined {
    return this.#list.oldest?.insight
  }

  get(alertId: string): Insight | undefined {
    return this.#list.get(alertId)?.insight
  }

  /** The alert's version that came last, whether it is shown yet or not. */
  latest(alertId: string): Insight | undefined {
    return this.#frozen.get(alertId) ?? this.get(alertId)
  }

  /** Whether the filter in force lets an alert through. */
  shows(insight: Insight): boolean {
    return this.#rows.arrangement.filter?.matches(insight) ?? true
  }

  setClock(now: number, skewMs: number | undefined): void {
    this.#now = now
    this.#skewMs = skewMs ?? 0
  }

  take(event: InsightEvent): void {
    this.seen++
    if (severityOfInsight(event.insight) === 'critical') this.critical++
    if (event.phase === 'live') this.#rate.add(event.receivedAt)
    this.#queue.push(event)
    if (this.#queue.length > maxWaiting) this.settle()
  }

  /** Takes in what has come. */
  settle(): void {
    const queue = this.#queue
    if (queue.length === 0) return
    this.#queue = []
    for (const { insight } of queue)
      if (this.#isFrozen) this.#hold(insight)
      else this.put(insight)
  }

  /** While frozen the rows stand as they were seen last; what came since is taken in at the end. */
  setFrozen(frozen: boolean): void {
    if (frozen === this.#isFrozen) return
    this.#isFrozen = true
    this.settle()
    if (frozen) return
    this.#isFrozen = false
    for (const insight of this.#frozen.values()) this.put(insight)
    for (const gap of this.#frozenGaps.splice(0)) this.#putGap(gap)
    this.#frozen.clear()
    this.#frozenEvents = 0
  }

  /** The first visible row, undefined while following: what comes above it is counted. */
  look(top: Row | undefined): void {
    this.#above.look(top, this.#rows)
  }

  /** Takes in a version at once: the server's answer to a change, which the stream brings later. */
  put(insight: Insight): void {
    this.#above.apply(this.#list.put(insight, this.#now + this.#skewMs), this.#rows)
  }

  /** A page begins with the newest: what waits while the view is frozen is not to come in by this door. */
  putOlder(insights: readonly Insight[]): void {
    for (const insight of insights) {
      if (this.#frozen.has(insight.alert_id)) continue
      const change = this.#list.putOlder(insight, this.#now + this.#skewMs)
      if (change) this.#rows.apply(change)
    }
  }

  addGap(event: Extract<FeedEvent, { type: 'resumed' }>): void {
    const { upAt } = event
    const time = upAt + this.#skewMs
    const row: GapItem = { ...event, kind: 'gap', key: `\u0000gap ${upAt}`, time }
    if (this.#isFrozen) this.#frozenGaps = [...this.#frozenGaps, row].slice(-maxGaps)
    else this.#putGap(row)
  }

  /**
   * Another order or filter builds the rows anew. `typed` is the filter that is being typed, if one
   * is: while it has a fault, the one in force decides.
   */
  arrange({ sort, fold, filter, typed }: Wanted): void {
    const { arrangement } = this.#rows
    this.#fault = undefined
    const shown = typed === undefined ? filter : this.#preview(typed)
    const wanted = this.#parse(shown) ?? (this.#fault ? this.#parse(filter) : undefined)
    if (sort === arrangement.sort && fold === arrangement.fold && wanted?.key === arrangement.filter?.key)
      return
    this.#rows = new RowIndex({ sort, fold, filter: wanted }, this.#list.values(), this.#gaps)
    this.#above.clear()
  }

  /** What is typed, without a last word that is found nowhere and may become the name of a field. */
  #preview(typed: string): string {
    if (this.#previewed?.typed === typed) return this.#previewed.shown
    const before = beforeFieldName(typed)
    const shown = before === undefined || this.#isFound(typed) ? typed : before
    // A field's whole name is a fault until its operator follows.
    if (shown === before) this.#fault = undefined
    this.#previewed = { typed, shown }
    return shown
  }

  #isFound(text: string): boolean {
    const filter = this.#parse(text)
    if (filter === undefined) return this.#fault === undefined
    return Iterator.from(this.#list.values()).some(({ insight }) => filter.matches(insight))
  }

  #parse(text: string): Filter | undefined {
    try {
      return (
        this.#filter?.text === text ? this.#filter : (this.#filter = { text, parsed: parseFilter(text) })
      ).parsed
    } catch (error) {
      if (!(error instanceof FilterFault)) throw error
      this.#fault ??= { message: error.message, position: error.position }
      return undefined
    }
  }

  #putGap(row: GapItem): void {
    const [oldest] = this.#gaps
    if (oldest && this.#gaps.length === maxGaps) {
      this.#gaps = this.#gaps.slice(1)
      this.#rows.removeGap(oldest)
    }
    this.#gaps = [...this.#gaps, row]
    this.#rows.addGap(row)
  }

  #hold(insight: Insight): void {
    this.#frozenEvents++
    this.#frozen.delete(insight.alert_id)
    this.#frozen.set(insight.alert_id, insight)
    if (this.#frozen.size <= this.#list.capacity) return
    const [first] = this.#frozen.keys()
    if (first !== undefined) this.#frozen.delete(first)
  }
}
