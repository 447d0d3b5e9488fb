import { createHash } from 'node:crypto'
import { limits } from '../../protocol/insight/limits.ts'
import { statuses } from '../../protocol/status.ts'
import { cutBytes } from '../../text/cut-text.ts'
import { keepLabels } from '../sources/keep-labels.ts'
import { createSeverityScale, type SeverityScale } from '../sources/severity-scale.ts'
import type { Mapping } from './mapping.ts'
import { numberOf, textOf, timeOf, valueOf } from './value-text.ts'

/** An alert as the fields of an insight, which have not been checked. */
export interface MappedFields {
  readonly fields: Readonly<Record<string, unknown>>
  readonly notes: readonly string[]
}

/**
 * Maps one alert. Without an `alert_id` it gets that of its content; its risk is `risk_score`, or else what the word
 * of `severity` means: to the source (`own`), to the server, or by itself; no word is a warning.
 */
export function mapAlert(
  alert: unknown,
  mapping: Mapping,
  own: ReadonlyMap<string, number>,
  riskOf: SeverityScale,
): MappedFields {
  const notes: string[] = []
  const text = textOf(alert, mapping.explanation)
  const explanation = text === undefined ? undefined : cutBytes(text, limits.explanationBytes)
  if (explanation !== text) notes.push('its explanation was too long')
  const labels = Object.entries(mapping.labels ?? {}).flatMap(([name, origin]) => {
    const value = textOf(alert, origin)
    return value === undefined ? [] : [[name, value] as const]
  })
  const recommendations = valueOf(alert, mapping.recommendations)
  const fields = {
    alert_id: textOf(alert, mapping.alert_id) ?? hashOf(alert),
    entity_id: textOf(alert, mapping.entity_id),
    timestamp: timeOf(alert, mapping.timestamp),
    prediction_type: textOf(alert, mapping.prediction_type),
    risk_score:
      numberOf(alert, mapping.risk_score) ??
      createSeverityScale(own, riskOf)(textOf(alert, mapping.severity)),
    explanation,
    recommendations: typeof recommendations === 'string' ? [recommendations] : recommendations,
    confidence: numberOf(alert, mapping.confidence),
    status: statusOf(textOf(alert, mapping.status), mapping),
    url: textOf(alert, mapping.url),
    labels: labels.length > 0 ? keepLabels(Object.fromEntries(labels), notes) : undefined,
  }
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    notes,
  }
}

/** A word that the table doesn't have, and that is no status, is not calm: it leaves the alert open. */
function statusOf(word: string | undefined, { statuses: table = {} }: Mapping): string | undefined {
  if (word === undefined) return undefined
  const named = Object.hasOwn(table, word) ? table[word] : undefined
  return named ?? statuses.find((status) => status === word.toLowerCase()) ?? 'open'
}

const hashOf = (alert: unknown) =>
  createHash('sha256').update(JSON.stringify(alert)).digest('hex').slice(0, 32)
