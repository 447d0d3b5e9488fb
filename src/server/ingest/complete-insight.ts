import { encodeInsight } from '../../protocol/insight/encode.ts'
import { fieldList, fieldNames } from '../../protocol/insight/fields.ts'
import type { Insight, KnownInsight } from '../../protocol/insight/insight.ts'
import type { InsightInput } from '../../protocol/insight/schema.ts'
import { severities, severityOf, severityOfInsight } from '../../protocol/severity.ts'
import { statusOrOpen } from '../../protocol/status.ts'
import { triageAfter } from './triage.ts'

/** Every field in its order, with what stands in it where a producer sends nothing. */
const blank = Object.fromEntries(
  fieldList.map(({ name, missing }) => [name, typeof missing === 'object' ? missing.value : undefined]),
)
const keptNames = fieldList.filter(({ kept }) => kept).map(({ name }) => name)

/**
 * The next version of an alert from what a producer sent, the alert's latest version, and the time
 * of arrival. Pure.
 *
 * An input without a status leaves what people decided as it is: a producer that repeats itself never
 * undoes it, and only a higher severity opens the alert again. An input without a timestamp that says
 * nothing new keeps the old one, so that a retry is no event.
 */
export function completeInsight(
  input: InsightInput & { readonly alert_id: string },
  current: Insight | undefined,
  arrival: string,
): KnownInsight {
  const next: Record<string, unknown> = { ...blank, timestamp: arrival }
  if (current !== undefined) for (const name of keptNames) next[name] = current[name]
  if (current !== undefined || input.status !== undefined) {
    const status = input.status ?? (isWorse(input, current) ? 'open' : statusOrOpen(current?.status))
    Object.assign(next, triageAfter(current, { status }, arrival))
  }
  for (const name of fieldNames) {
    const value: unknown = input[name]
    if (value !== undefined) next[name] = value
  }
  const made = next as unknown as KnownInsight
  if (input.timestamp !== undefined || !current) return made
  const { timestamp } = current
  if (typeof timestamp !== 'string') return made
  const again = { ...made, timestamp }
  return encodeInsight(again) === encodeInsight(current) ? again : made
}

/** Whether an alert that nobody has to look at any more comes back with a higher severity. */
function isWorse({ risk_score }: InsightInput, current: Insight | undefined): boolean {
  if (current === undefined || current.status === 'open') return false
  return severities.indexOf(severityOf(risk_score)) < severities.indexOf(severityOfInsight(current))
}
