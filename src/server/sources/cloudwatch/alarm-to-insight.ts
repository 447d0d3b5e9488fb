import { createHash } from 'node:crypto'
import { limits } from '../../../protocol/insight/limits.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { normalizeTimestamp, parseTimestamp } from '../../../protocol/time/timestamp.ts'
import { cutBytes, cutLength } from '../../../text/cut-text.ts'
import type { NamedInput } from '../../ingest/ingest.ts'
import { keepLabels } from '../keep-labels.ts'
import { printable } from '../printable.ts'
import type { SeverityScale } from '../severity-scale.ts'
import type { SourceInput } from '../source.ts'
import type { Alarm } from './alarm.ts'

/**
 * One alarm is one alert, whose time is that of its last change of state: SNS delivers in any order and more than
 * once, so that an older change, or the same one again, leaves it as it is. ALARM and INSUFFICIENT_DATA are open
 * (nobody knows that it is well), OK is resolved. Their severity words are `ALARM` and `INSUFFICIENT_DATA`.
 */
export function alarmToInsight(
  alarm: Alarm,
  topic: string,
  riskOf: SeverityScale,
): { input: SourceInput; notes: string[] } {
  const { AlarmName, AlarmDescription, NewStateValue: state, NewStateReason, Trigger } = alarm
  const notes: string[] = []
  const dimensions = Trigger?.Dimensions ?? []
  const facts = {
    alarm: AlarmName,
    state,
    account: alarm.AWSAccountId,
    region: alarm.AlarmArn?.split(':')[3] ?? alarm.Region,
    namespace: Trigger?.Namespace,
    metric: Trigger?.MetricName,
    ...Object.fromEntries(dimensions.map(({ name, value }) => [name, value])),
  }
  const labels = Object.fromEntries(
    Object.entries(facts).filter((pair): pair is [string, string] => Boolean(pair[1])),
  )
  const message = [AlarmDescription, NewStateReason].filter(Boolean).join('\n') || AlarmName
  const explanation = cutBytes(message, limits.explanationBytes)
  if (explanation !== message) notes.push('its text was too long')
  const key = alarm.AlarmArn ?? [topic, alarm.AWSAccountId ?? '', alarm.Region ?? '', AlarmName].join('\n')
  const timestamp = normalizeTimestamp(alarm.StateChangeTime)
  const input: SourceInput = {
    alert_id: `cloudwatch-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`,
    entity_id: printable(
      cutLength(dimensions.find(({ value }) => value !== '')?.value ?? AlarmName, limits.idLength),
    ),
    prediction_type: cutLength(AlarmName, limits.typeLength),
    risk_score: riskOf(state === 'OK' ? 'ALARM' : state),
    explanation,
    confidence: 1,
    labels: keepLabels(labels, notes),
    ...(timestamp !== undefined && { timestamp }),
    ...(state === 'OK' && {
      status: 'resolved' as const,
      ...(timestamp !== undefined && { resolved_at: timestamp }),
    }),
    decide: decideChange,
  }
  return { input, notes: notes.map((note) => `${AlarmName}: ${note}`) }
}

/** Takes the newest change only; one that isn't OK opens again what is resolved. */
function decideChange(input: NamedInput, current: Insight | undefined): NamedInput | undefined {
  if (current === undefined) return input
  const [known, next] = [parseTimestamp(current.timestamp), parseTimestamp(input.timestamp)]
  if (known !== undefined && next !== undefined && next <= known) return undefined
  const reopens = input.status === undefined && current.status === 'resolved'
  return reopens ? { ...input, status: 'open' } : input
}
