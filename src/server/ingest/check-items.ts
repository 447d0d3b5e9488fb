import type { z } from 'zod'
import type { Fault } from '../../protocol/api.ts'
import { InsightInput } from '../../protocol/insight.ts'
import { badRequest } from '../http-fault.ts'

/** So many faults are listed; a batch of a thousand wrong items needs no megabyte of them. */
const mostFaults = 1000

/** Every item checked; throws one 400 with the faults of all of them. */
export function checkItems(items: readonly unknown[]): InsightInput[] {
  const faults: Fault[] = []
  const inputs: InsightInput[] = []
  for (const [index, item] of items.entries()) {
    const { success, data, error } = InsightInput.safeParse(item)
    if (success) inputs.push(data)
    else for (const issue of error.issues) faults.push(...faultsOf(index, issue))
  }
  if (faults.length === 0) return inputs
  const [first] = faults
  const where = first?.path ? `${first.path} ` : ''
  const words = `Nothing was taken: item ${first?.index ?? 0}: ${where}${first?.message ?? ''}`
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : ''
  throw badRequest('invalid_insight', `${words}${more}.`, faults.slice(0, mostFaults))
}

function faultsOf(index: number, issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return [{ index, path, message: wordsOf(issue) }]
  return issue.keys.map((key) => ({
    index,
    path: path === '' ? key : `${path}.${key}`,
    message: 'is not a field of an insight',
  }))
}

/** "is missing", "must be a number"; the schema's own words where it has some. */
function wordsOf({ code, message, ...issue }: z.core.$ZodIssue): string {
  if (code !== 'invalid_type' || !('expected' in issue))
    return message.replace(/^Invalid (?:input|option): /, '')
  if (message.endsWith('received undefined')) return 'is missing'
  return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
}
