import type { Insight } from '../../../protocol/insight/insight.ts'
import { fieldText } from '../../../protocol/insight/unreadable.ts'
import { severityOfInsight } from '../../../protocol/severity.ts'
import type { Io } from '../../../program/io.ts'

interface Watched {
  /** The server's base URL, as it is in force. */
  readonly url: string
  readonly filter: string | undefined
  readonly profile: string | undefined
}

/** The operating system takes no variable of more than 128 KiB; everything is on stdin. In characters. */
const maxVariable = 32_768

/** `IOPS_URL` and the others are those in force, so that a command may call `iops ack "$IOPS_ALERT_ID"`. */
export function handlerEnvironment(
  insight: Insight,
  watched: Watched,
  env: Io['env'],
): Record<string, string | undefined> {
  const { alert_id, entity_id, prediction_type, explanation } = insight
  const values = {
    IOPS_URL: watched.url,
    IOPS_FILTER: watched.filter ?? '',
    ...(watched.profile !== undefined && { IOPS_PROFILE: watched.profile }),
    IOPS_ALERT_ID: alert_id,
    IOPS_ENTITY_ID: entity_id,
    IOPS_TIMESTAMP: fieldText(insight.timestamp),
    IOPS_PREDICTION_TYPE: prediction_type,
    IOPS_RISK_SCORE: fieldText(insight.risk_score),
    IOPS_SEVERITY: severityOfInsight(insight),
    IOPS_EXPLANATION: explanation,
    IOPS_STATUS: fieldText(insight.status),
    IOPS_ALERT_URL: insight.url ?? '',
  }
  // No variable can hold a NUL.
  const own = Object.entries(values).map(([name, value]) => [
    name,
    value.replaceAll('\0', '').slice(0, maxVariable),
  ])
  return { ...env, ...Object.fromEntries(own) }
}
