/** How bad an alert is. Derived from the risk score, never stored. */
export type Severity = 'critical' | 'warning' | 'info'

/** From the worst to the mildest. */
export const severities: readonly Severity[] = ['critical', 'warning', 'info']

/** The lowest risk score (0–100) of each severity. */
export const severityFloor: Readonly<Record<Severity, number>> = { critical: 80, warning: 60, info: 0 }

/** Risk ≥ 80 is critical, ≥ 60 a warning, below that info. */
export function severityOf(riskScore: number): Severity {
  if (riskScore >= severityFloor.critical) return 'critical'
  return riskScore >= severityFloor.warning ? 'warning' : 'info'
}
