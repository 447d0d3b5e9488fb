import { createHash } from 'node:crypto'
import { limits } from '../../../protocol/insight/limits.ts'
import type { InsightInput } from '../../../protocol/insight/schema.ts'
import { isRisk } from '../../../protocol/severity.ts'
import { normalizeTimestamp } from '../../../protocol/time/timestamp.ts'
import type { AlertmanagerAlert } from './notification.ts'
import { cutBytes, cutLength } from '../../../text/cut-text.ts'
import type { SeverityScale } from '../severity-scale.ts'
import type { SourceInput } from '../source.ts'

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
  const { labels, annotations = {}, startsAt, status } = alert
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
    alert_id: `${printable(cutLength(fingerprintOf(alert), 64))}-${printable(cutLength(startsAt, 64))}`,
    entity_id: printable(cutLength(entity, limits.idLength)),
    prediction_type: cutLength(name, limits.typeLength),
    risk_score: givenRisk(annotations.risk_score) ?? riskOf(labels.severity),
    explanation: notes.length > 0 ? `${explanation}\n[cut: ${notes.join('; ')}]` : explanation,
    confidence: 1,
    labels: kept,
    ...times(alert),
    ...link(annotations.runbook_url, alert.generatorURL),
    ...(status === 'resolved' ? { status: 'resolved' as const } : { unlessResolved: true }),
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

function link(...candidates: (string | undefined)[]): Pick<InsightInput, 'url'> {
  const url = candidates.find(
    (text) => text && text.length <= limits.urlLength && /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
  )
  return url === undefined ? {} : { url }
}

function keepLabels(labels: Readonly<Record<string, string>>, notes: string[]): Record<string, string> {
  const names = Object.keys(labels)
    .filter((name) => name !== '' && name !== '__proto__')
    .sort()
  const kept: Record<string, string> = {}
  let cut = 0
  for (const name of names.slice(0, limits.labels)) {
    const value = labels[name] ?? ''
    const [shortName, shortValue] = [cutLength(name, limits.idLength), cutBytes(value, limits.labelBytes)]
    if (shortName !== name || shortValue !== value) cut++
    kept[shortName] = shortValue
  }
  if (names.length > limits.labels) notes.push(`${names.length - limits.labels} labels were left out`)
  if (cut > 0) notes.push(`${cut} labels were too long`)
  return kept
}

/** An id is shown and typed: what can't be is replaced. The label keeps it as it came. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
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
