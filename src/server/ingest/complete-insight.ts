import {
  encodeInsight,
  type Insight,
  type InsightInput,
  type KnownInsight,
  type Status,
} from '../../protocol/insight/insight.ts'
import { statusOrOpen } from '../../protocol/status.ts'

/**
 * The next version of an alert from what a producer sent, the alert's latest version, and the time
 * of arrival. Pure.
 *
 * An input without a status leaves the status as it is, and who acknowledged it: a producer that
 * repeats itself never undoes what a person did. An input without a timestamp that says nothing new
 * keeps the old one, so that a retry is no event.
 */
export function completeInsight(
  input: InsightInput & { readonly alert_id: string },
  current: Insight | undefined,
  arrival: string,
): KnownInsight {
  const next: KnownInsight = {
    alert_id: input.alert_id,
    entity_id: input.entity_id,
    timestamp: input.timestamp ?? arrival,
    prediction_type: input.prediction_type ?? 'unknown',
    risk_score: input.risk_score,
    explanation: input.explanation ?? '',
    recommendations: input.recommendations ?? [],
    model_used: input.model_used ?? 'unknown',
    confidence: input.confidence ?? 0,
    ...state(input, current, arrival),
  }
  if (input.source !== undefined) next.source = input.source
  if (input.labels !== undefined) next.labels = input.labels
  if (input.url !== undefined) next.url = input.url
  if (input.timestamp !== undefined || !current) return next
  const { timestamp } = current
  if (typeof timestamp !== 'string') return next
  const again = { ...next, timestamp }
  return encodeInsight(again) === encodeInsight(current) ? again : next
}

type State = Pick<KnownInsight, 'status' | 'acknowledged_by' | 'acknowledged_at' | 'resolved_at'>

function state(input: InsightInput, current: Insight | undefined, arrival: string): State {
  const status = input.status ?? statusOrOpen(current?.status)
  const next = changeStatus(current, status, { at: arrival })
  if (input.acknowledged_by !== undefined) next.acknowledged_by = input.acknowledged_by
  if (input.acknowledged_at !== undefined) next.acknowledged_at = input.acknowledged_at
  if (input.resolved_at !== undefined) next.resolved_at = input.resolved_at
  return next
}

/**
 * The status fields after a change: who acknowledged and when, when it was resolved. The status
 * that it has already changes nothing, except that another person may take an acknowledged alert over.
 */
export function changeStatus(
  current: Insight | undefined,
  status: Status,
  { at, by }: { readonly at: string; readonly by?: string | undefined },
): State {
  const { acknowledged_by, acknowledged_at, resolved_at } = current ?? {}
  const takenOver = by !== undefined && by !== acknowledged_by
  switch (status) {
    case 'open':
      return { status }
    case 'acknowledged':
      if (current?.status === status && !takenOver)
        return present({ status, acknowledged_by, acknowledged_at })
      return present({ status, acknowledged_by: by, acknowledged_at: at })
    case 'resolved':
      if (current?.status === status)
        return present({ status, acknowledged_by, acknowledged_at, resolved_at })
      return present({
        status,
        acknowledged_by: acknowledged_by ?? by,
        acknowledged_at: acknowledged_at ?? (by === undefined ? undefined : at),
        resolved_at: at,
      })
  }
}

/** Without the fields that are undefined. */
function present(fields: { [Name in keyof State]: State[Name] | undefined } & { status: Status }): State {
  const { status, acknowledged_by, acknowledged_at, resolved_at } = fields
  return {
    status,
    ...(acknowledged_by !== undefined && { acknowledged_by }),
    ...(acknowledged_at !== undefined && { acknowledged_at }),
    ...(resolved_at !== undefined && { resolved_at }),
  }
}
