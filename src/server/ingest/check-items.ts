import type { Fault } from '../../protocol/answers.ts'
import { InsightInput } from '../../protocol/insight/schema.ts'
import { insightFaults } from '../../protocol/insight/insight-faults.ts'
import { isPlainInput } from '../../protocol/insight/plain-input.ts'
import { badRequest } from '../fault/http-fault.ts'

/** Bounds the faults that one answer lists. */
const maxFaults = 1000

/** Every item checked; throws one 400 with the faults of all of them. */
export function checkItems(items: readonly unknown[]): InsightInput[] {
  const faults: Fault[] = []
  const inputs: InsightInput[] = []
  for (const [index, item] of items.entries()) {
    if (isPlainInput(item)) {
      inputs.push(item)
      continue
    }
    const { success, data, error } = InsightInput.safeParse(item)
    if (success) inputs.push(data)
    else faults.push(...insightFaults(error).map((fault) => ({ index, ...fault })))
  }
  if (faults.length === 0) return inputs
  const [first] = faults
  const where = first?.path ? `${first.path} ` : ''
  const message = `Nothing was taken: item ${first?.index ?? 0}: ${where}${first?.message ?? ''}`
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : ''
  throw badRequest('invalid_insight', `${message}${more}.`, faults.slice(0, maxFaults))
}
