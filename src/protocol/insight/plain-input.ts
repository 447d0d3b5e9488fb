import { type Check, checkOf } from './checks.ts'
import { fieldList } from './fields.ts'
import type { InsightInput } from './schema.ts'

const checks: ReadonlyMap<string, Check> = new Map(
  fieldList.map(({ name, content }) => [name, checkOf(content)]),
)
const required = fieldList.filter(({ missing }) => missing === 'refused').map(({ name }) => name)

/**
 * True for a value of `JSON.parse` that is valid beyond doubt and needs no normalising: most of what
 * producers send. It costs a tenth of the schema, which judges everything else and finds the words.
 */
export function isPlainInput(value: unknown): value is InsightInput {
  if (typeof value !== 'object' || value === null) return false
  const item = value as Record<string, unknown>
  for (const name in item) if (!checks.get(name)?.(item[name])) return false
  return required.every((name) => item[name] !== undefined)
}
