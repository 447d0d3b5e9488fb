import { deflatedSize, type Version } from '../log/batch.ts'
import type { Tail } from '../log/tail.ts'
import { maxBytes } from './plan.ts'
import type { Waiting } from './waiting-list.ts'

/** The group that a node wants in the log itself. */
export interface OwnGroup {
  readonly nonce: string
  readonly versions: readonly Version[]
  readonly alertIds: readonly string[]
  /** When it was first tried, in ms since the epoch. */
  readonly since: number
}

/** What the next batch is made of. */
export interface Choice {
  readonly isOwnIn: boolean
  readonly taken: readonly Waiting[]
  /** Waiting groups that never will be in the log, or are in it already. */
  readonly useless: readonly Waiting[]
}

/** DynamoDB reads a hundred items at once. */
const maxAlerts = 500

/**
 * Makes a batch after the tail's head of a node's own group and of those that wait: whoever has waited
 * longest comes first, and of two that are about one alert the other has to be planned anew.
 */
export function chooseGroups(
  own: OwnGroup,
  waiting: readonly Waiting[],
  tail: Pick<Tail, 'head' | 'after' | 'find'>,
): Choice {
  const taken: Waiting[] = []
  const useless: Waiting[] = []
  const alerts = new Set<string>()
  let bytes = 0
  let isOwnIn = false
  const fits = (alertIds: readonly string[], size: number) =>
    alerts.size === 0 ||
    (bytes + size <= maxBytes &&
      alerts.size + alertIds.length <= maxAlerts &&
      !alertIds.some((id) => alerts.has(id)))
  const take = (alertIds: readonly string[], size: number) => {
    bytes += size
    for (const id of alertIds) alerts.add(id)
  }
  const ownSize = waiting.length === 0 ? 0 : deflatedSize(own.versions)
  const tryOwn = () => {
    isOwnIn = fits(own.alertIds, ownSize)
    if (isOwnIn) take(own.alertIds, ownSize)
  }
  const ordered = waiting.toSorted((a, b) => a.since - b.since)
  const older = ordered.findLastIndex(({ since }) => since < own.since)
  if (older < 0) tryOwn()
  for (const [at, group] of ordered.entries()) {
    if (group.nonce === own.nonce || isPast(group, tail)) {
      useless.push(group)
    } else if (group.at <= tail.head && fits(group.alertIds, group.size)) {
      // Else it was planned after entries that this node hasn't seen.
      take(group.alertIds, group.size)
      taken.push(group)
    }
    if (at === older) tryOwn()
  }
  return { isOwnIn, taken, useless }
}

/** In the log already, or planned from alerts that were touched since, or nobody can tell any more. */
function isPast({ nonce, at, alertIds }: Waiting, tail: Pick<Tail, 'after' | 'find'>): boolean {
  if (tail.find(nonce, at)) return true
  const ids = new Set(alertIds)
  return tail.after(at)?.some(({ versions }) => versions.some(({ alertId }) => ids.has(alertId))) ?? true
}
