import { Unreadable } from './insight/unreadable.ts'
import { isStatus } from './status.ts'

/** How bad an alert is. Derived from the risk score, never stored. */
export type Severity = 'critical' | 'warning' | 'info'

/** From the worst to the mildest. */
export const severities: readonly Severity[] = ['critical', 'warning', 'info']

/** The lowest risk score (0–100) of each severity. */
export const severityFloor: Readonly<Record<Severity, number>> = { critical: 80, warning: 60, info: 0 }

/** Whether a value can be a risk: a number from 0 to 100. */
export const isRisk = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= 100

/** Risk ≥ 80 is critical, ≥ 60 a warning, below that info. What can't be a risk is at least a warning: unknown is never calm. */
export function severityOf(riskScore: unknown): Severity {
  if (typeof riskScore === 'number' && riskScore >= severityFloor.critical) return 'critical'
  return isRisk(riskScore) && riskScore < severityFloor.warning ? 'info' : 'warning'
}

/** Of an insight as it came from the network: a status or a time that can't be one makes it a warning at least. */
export function severityOfInsight(insight: {
  readonly risk_score: unknown
  readonly status: unknown
  readonly timestamp?: unknown
}): Severity {
  const severity = severityOf(insight.risk_score)
  const isKnown = isStatus(insight.status) && !(insight.timestamp instanceof Unreadable)
  return severity === 'info' && !isKnown ? 'warning' : severity
}
