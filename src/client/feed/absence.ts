import type { Insight } from '../../protocol/insight/insight.ts'
import { type Severity, severityOfInsight } from '../../protocol/severity.ts'
import { statusOrOpen } from '../../protocol/status.ts'
import type { Feed } from './feed.ts'

/** What happened while nobody watched. Each alert counts once, as it stands now. */
export interface Absence {
  /** When the earlier run ended, in milliseconds since the epoch. */
  readonly since: number
  /** Alerts that are open, by severity. */
  readonly open: Readonly<Record<Severity, number>>
  readonly acknowledged: number
  readonly resolved: number
  /** Why the server could not replay it all, and what it could not was not recovered either: `expired`, `foreign` or `ahead`. */
  readonly gap: string | undefined
  /** How many events of such a gap are known to be lost. */
  readonly lost?: number
}

/**
 * Calls back once, when a feed that was given a position has caught up with what it missed. Subscribe
 * before the feed starts. Returns the unsubscribe.
 */
export function onReturn(feed: Feed, listener: (absence: Absence) => void): () => void {
  // What counts, and not the insights: a long absence has many.
  const latest = new Map<string, Standing>()
  const unsubscribe = feed.subscribe((event) => {
    if (event.type === 'insight' && event.phase === 'replay')
      latest.set(event.insight.alert_id, standingOf(event.insight))
    if (event.type !== 'resumed') return
    unsubscribe()
    const { downAt, gap, unrecovered } = event
    const absence = summarise([...latest.values()], downAt, unrecovered === undefined ? gap : undefined)
    listener(unrecovered ? { ...absence, lost: unrecovered } : absence)
  })
  return unsubscribe
}

type Standing = Severity | 'acknowledged' | 'resolved'

function standingOf(insight: Insight): Standing {
  const status = statusOrOpen(insight.status)
  return status === 'open' ? severityOfInsight(insight) : status
}

function summarise(standings: readonly Standing[], since: number, gap: string | undefined): Absence {
  const count = (standing: Standing) => standings.filter((one) => one === standing).length
  return {
    since,
    open: { critical: count('critical'), warning: count('warning'), info: count('info') },
    acknowledged: count('acknowledged'),
    resolved: count('resolved'),
    gap,
  }
}

/** `since you left 2 h ago: 4 critical, 2 resolved`. */
export function absenceWords(
  { since, open, acknowledged, resolved, gap, lost }: Absence,
  now: number,
): string {
  const left = `since you left ${ageWords(now - since)} ago`
  if (gap !== undefined) return `${left}: the server can't tell what was missed (${gap})`
  const counts = { ...open, acknowledged, resolved, lost: lost ?? 0 }
  const words = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []))
  return `${left}: ${words.join(', ') || 'nothing new'}`
}

function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}
