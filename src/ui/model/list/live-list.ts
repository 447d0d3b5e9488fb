import { encodeInsight } from '../../../protocol/insight/encode.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { parseTimestamp } from '../../../protocol/time/timestamp.ts'
import { withSharedTexts } from './shared-texts.ts'
import { SortedList } from './sorted-list.ts'

/** How one version of an alert stood. `time` is when it came to stand so, in milliseconds. */
export interface AlertVersion {
  readonly time: number
  readonly risk: Insight['risk_score']
  readonly status: Insight['status']
}

/** An alert as held: its latest version, and how it came there. Immutable. */
export interface Alert {
  readonly id: string
  readonly insight: Insight
  /** The timestamp in milliseconds since the epoch; the time of arrival where it can't be read. */
  readonly time: number
  /** Versions before the latest one that were seen, oldest first, at most 31. */
  readonly earlier: readonly AlertVersion[]
  /** All versions that were seen, the latest included. */
  readonly versions: number
}

/** What one insight did to the list: `before` is the version it replaced, `evicted` what made room. */
export interface ListChange {
  readonly before: Alert | undefined
  readonly after: Alert | undefined
  readonly evicted: Alert | undefined
}

const none: readonly AlertVersion[] = []
const maxEarlier = 31

/** Newest first by (timestamp, id), the order of the server's pages. */
const newestFirst = (a: Alert, b: Alert) => b.time - a.time || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)

/**
 * The latest version of each alert, at most `capacity` of them: past that the oldest by timestamp
 * goes, and `dropped` counts it. One change costs O(log n).
 */
export class LiveList {
  readonly capacity: number
  readonly #alerts = new Map<string, Alert>()
  readonly #byTime = new SortedList<Alert>(newestFirst)
  dropped = 0

  constructor(capacity = 50_000) {
    this.capacity = capacity
  }

  get size(): number {
    return this.#byTime.size
  }

  get oldest(): Alert | undefined {
    return this.#byTime.at(this.size - 1)
  }

  get(id: string): Alert | undefined {
    return this.#alerts.get(id)
  }

  values(): Iterable<Alert> {
    return this.#alerts.values()
  }

  /** Takes in a version, as newer than what is held, that came at `arrivedAt` by the server's clock. */
  put(insight: Insight, arrivedAt = 0): ListChange {
    const id = insight.alert_id
    const before = this.#alerts.get(id)
    // The server's answer to a change, and the stream, bring the same version.
    if (before && sameContent(before.insight, insight))
      return { before: undefined, after: undefined, evicted: undefined }
    const after: Alert = {
      id,
      insight: withSharedTexts(insight),
      time: parseTimestamp(insight.timestamp) ?? arrivedAt,
      earlier: before ? [...before.earlier.slice(1 - maxEarlier), versionOf(before)] : none,
      versions: (before?.versions ?? 0) + 1,
    }
    if (before) this.#byTime.delete(before)
    this.#byTime.add(after)
    this.#alerts.set(id, after)
    const evicted = this.size > this.capacity ? this.#evict() : undefined
    return evicted === after ? { before, after: undefined, evicted: undefined } : { before, after, evicted }
  }

  /** Takes in an alert of an older page, unless a version of it is held or there is no room. */
  putOlder(insight: Insight, arrivedAt = 0): ListChange | undefined {
    if (this.#alerts.has(insight.alert_id) || this.size >= this.capacity) return undefined
    return this.put(insight, arrivedAt)
  }

  #evict(): Alert | undefined {
    const { oldest } = this
    if (!oldest) return undefined
    this.#byTime.delete(oldest)
    this.#alerts.delete(oldest.id)
    this.dropped++
    return oldest
  }
}

export function versionOf({ insight, time }: Alert): AlertVersion {
  const { status, risk_score: risk, acknowledged_at, resolved_at } = insight
  return {
    time: Math.max(time, parseTimestamp(acknowledged_at) ?? 0, parseTimestamp(resolved_at) ?? 0),
    risk,
    status,
  }
}

function sameContent(a: Insight, b: Insight): boolean {
  return a.status === b.status && a.risk_score === b.risk_score && encodeInsight(a) === encodeInsight(b)
}
