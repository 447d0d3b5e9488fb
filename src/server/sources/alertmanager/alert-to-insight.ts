import { createHash } from 'node:crypto'
import { limits } from '../../../protocol/insight/limits.ts'
import type { InsightInput } from '../../../protocol/insight/schema.ts'
import { isRisk } from '../../../protocol/severity.ts'
import { normalizeTimestamp } from '../../../protocol/time/timestamp.ts'
import type { AlertmanagerAlert } from './notification.ts'
import { cutBytes, cutLength } from '../../../text/cut-text.ts'
import type { SeverityScale } from '../severity-scale.ts'
import { linkOf } from '../link-of.ts'
import { keepLabels } from '../keep-labels.ts'
import { printable } from '../printable.ts'
import type { SourceInput } from '../source.ts'
import { decideEpisode } from './decide-episode.ts'

/** The first of these labels that is there names what the alert is about. */
const entityLabels = ['entity', 'instance', 'service', 'pod', 'node', 'host', 'job', 'namespace', 'cluster']

/**
 * One alert as an insight. Each firing episode is one alert: Prometheus gives a later one another
 * `startsAt`. Strings of strangers are kept as data; what passes a bound is cut, and a note and the
 * explanation say so, because Alertmanager would send the same again for ever. The annotation
 * `risk_score` says the risk itself; else the `severity` label does.
 */
export function toInsight(
  alert: AlertmanagerAlert,
  riskOf: SeverityScale,
): { input: SourceInput; notes: string[] } {
  const { labels, startsAt, status } = alert
  const annotations = alert.annotations ?? {}
  const name = labels.alertname || 'alert'
  const notes: string[] = []
  const entity = entityLabels.map((label) => labels[label]).find(Boolean) ?? name
  const message = [annotations.summary, annotations.description ?? annotations.message]
    .filter(Boolean)
    .join('\n')
  const kept = keepLabels(labels, notes)
  const explanation = cutBytes(message || name, limits.explanationBytes - noteBytes)
  if (explanation !== (message || name)) notes.push('its text was too long')
  const input: SourceInput = {
    alert_id: `${printable(cutLength(fingerprintOf(alert), 64))}-${printable(cutLength(inUtc(startsAt), 64))}`,
    entity_id: printable(cutLength(entity, limits.idLength)),
    prediction_type: cutLength(name, limits.typeLength),
    risk_score: givenRisk(annotations.risk_score) ?? riskOf(labels.severity),
    explanation: notes.length > 0 ? `${explanation}\n[cut: ${notes.join('; ')}]` : explanation,
    confidence: 1,
    labels: kept,
    ...times(alert),
    ...linkOf(annotations.runbook_url, alert.generatorURL),
    ...(status === 'resolved' && { status }),
    decide: decideEpisode,
  }
  return { input, notes: notes.map((note) => `${name}: ${note}`) }
}

/** Room for the sentence that says what was cut. */
const noteBytes = 256

/** An annotation that is a risk from 0 to 100, in decimal digits. */
function givenRisk(text = ''): number | undefined {
  const risk = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined
  return isRisk(risk) ? risk : undefined
}

function times({
  startsAt,
  endsAt = '',
  status,
}: AlertmanagerAlert): Pick<InsightInput, 'timestamp' | 'resolved_at'> {
  const timestamp = normalizeTimestamp(startsAt)
  const resolved = status === 'resolved' ? normalizeTimestamp(endsAt) : undefined
  // Alertmanager's zero time means that the end is not known.
  const known = resolved !== undefined && !resolved.startsWith('0001-')
  return { ...(timestamp !== undefined && { timestamp }), ...(known && { resolved_at: resolved }) }
}

/** Servers of other time zones write one instant in other ways; the fraction stays as it came. */
function inUtc(startsAt: string): string {
  if (!/[+-]\d\d:\d\d$/.test(startsAt)) return startsAt
  const [fraction = ''] = /\.\d+(?=[+-]\d\d:\d\d$)/.exec(startsAt) ?? []
  return normalizeTimestamp(startsAt)?.replace(/\.\d{3}Z$/, `${fraction}Z`) ?? startsAt
}

/** Alertmanager's own is 16 hex digits; another sender's may be anything, and no id begins with a `-`. */
function fingerprintOf({ fingerprint, labels }: AlertmanagerAlert): string {
  if (!fingerprint) return hashOf(labels)
  return fingerprint.startsWith('-') ? hashOf({ fingerprint }) : fingerprint
}

function hashOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(pairs)).digest('hex').slice(0, 16)
}
