import { insightFaults } from '../../protocol/insight/insight-faults.ts'
import { InsightInput } from '../../protocol/insight/schema.ts'

/** What is wrong with an insight: `risk_score must be a number`. Takes long to load: see `faultsIn`. */
export function insightInputFaults(value: unknown): string[] {
  const { error } = InsightInput.safeParse(value)
  return error ? insightFaults(error).map(({ path, message }) => `${path} ${message}`.trim()) : []
}
