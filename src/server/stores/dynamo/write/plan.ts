import { encodeInsight } from '../../../../protocol/insight/encode.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import type { Change, Outcome } from '../../store.ts'
import { deflatedSize, type Version } from '../log/batch.ts'
import type { Stored } from '../tables/insight-table.ts'
import { asStored, digestOf } from '../tables/item.ts'

/** What to write, and what to answer once it is in the log. */
export interface Plan {
  readonly versions: readonly Version[]
  readonly outcomes: readonly Outcome[]
  /** How many of the versions each change needs, its predecessors' included. */
  readonly ends: readonly number[]
}

interface Situation {
  readonly epoch: string
  readonly head: number
  readonly changes: readonly Change[]
  /** What the table holds of the alerts concerned, read after everything up to the head was settled. */
  readonly stored: ReadonlyMap<string, Stored>
  /** Whether the log doesn't have what the table holds: another writer put it there. */
  readonly isNews: (stored: Stored) => boolean
}

/**
 * Applies changes to what is there. News of another writer goes into the log before anything takes
 * its place, so that a version that was acknowledged to them is not lost to ours.
 */
export function plan({ epoch, head, changes, stored, isNews }: Situation): Plan {
  const versions: Version[] = []
  const outcomes: Outcome[] = []
  const ends: number[] = []
  const current = new Map<string, Insight | undefined>()
  for (const change of changes) {
    const { alertId } = change
    const found = stored.get(alertId)
    if (found?.insight && !current.has(alertId) && isNews(found))
      versions.push({ alertId, json: encodeInsight(found.insight), digest: found.digest, mark: 'same' })
    const former = current.has(alertId) ? current.get(alertId) : found?.insight
    const wanted = change.apply(former)
    const next = wanted && asStored(wanted)
    const json = next && encodeInsight(next)
    const changed = json !== undefined && (former === undefined || encodeInsight(former) !== json)
    if (changed) versions.push({ alertId, json, digest: digestOf(json), mark: found?.digest ?? 'absent' })
    current.set(alertId, changed ? next : former)
    outcomes.push({
      alertId,
      result: changed ? (former ? 'updated' : 'created') : former ? 'unchanged' : 'absent',
      cursor: { epoch, sequence: changed ? head + versions.length : head },
      insight: changed ? next : former,
    })
    ends.push(versions.length)
  }
  return { versions, outcomes, ends }
}

/** The same plan where something else came between: the entries were planned after `head`, and are after `base`. */
export const movedTo = (
  { epoch, head, base }: { epoch: string; head: number; base: number },
  planned: Plan,
): Plan => ({
  ...planned,
  outcomes: planned.outcomes.map((outcome) => {
    const { sequence } = outcome.cursor
    return { ...outcome, cursor: { epoch, sequence: sequence > head ? sequence - head + base : base } }
  }),
})

/** Under DynamoDB's 400 KB an item, keys and names included. */
export const maxBytes = 380 * 1024

/** The longest beginning of a plan that one item of the log can hold: whole changes, at least one. */
export function fitting(whole: Plan): Plan {
  let some = whole
  while (some.outcomes.length > 1 && deflatedSize(some.versions) > maxBytes) {
    const count = Math.floor(some.outcomes.length / 2)
    some = {
      outcomes: some.outcomes.slice(0, count),
      ends: some.ends.slice(0, count),
      versions: some.versions.slice(0, some.ends[count - 1]),
    }
  }
  return some
}
