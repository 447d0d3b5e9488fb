import { type Content, fieldList, type FieldName } from '../../src/protocol/insight/fields.ts'

/** Seconds apart, so that no two times are the same. */
let seconds = 0

function sampleOf(name: FieldName, content: Content): unknown {
  switch (content.kind) {
    case 'number':
      return content.max * 0.625
    case 'time':
      return new Date(Date.UTC(2026, 10, 23, 14, 0, ++seconds)).toISOString()
    case 'status':
      return 'acknowledged'
    case 'texts':
      return [`first-${name}`, `second-${name}`]
    case 'labels':
      return { [`team-${name}`]: `value-${name}` }
    case 'url':
      return `https://example.org/${name}`
    default:
      return `sample-${name}`
  }
}

/** A value for every field of the table that no other field has, and that none has by default. */
export const sampleFields: Readonly<Record<FieldName, unknown>> = Object.fromEntries(
  fieldList.map(({ name, content }) => [name, sampleOf(name, content)]),
) as Record<FieldName, unknown>

/** The sample's texts: one for each item of a list, `name=value` for each label. */
export function sampleTexts(name: FieldName): string[] {
  const value = sampleFields[name]
  if (typeof value !== 'object' || value === null) return [String(value)]
  return Array.isArray(value) ? value.map(String) : Object.entries(value).map((pair) => pair.join('='))
}

/** A filter that finds the sample by this field, and one that doesn't; undefined where the field can't be filtered by. */
export function sampleFilters(
  name: FieldName,
): { readonly finds: string; readonly misses: string } | undefined {
  const field = fieldList.find((each) => each.name === name)
  if (field === undefined) return undefined
  const { content, filter, searched } = field
  const value = sampleTexts(name).at(-1) ?? ''
  if (content.kind === 'labels')
    return { finds: `label.team-${name}:value-${name}`, misses: `label.team-${name}:other` }
  if (filter !== undefined)
    return content.kind === 'number'
      ? { finds: `${filter}=${value}`, misses: `${filter}>${value}` }
      : { finds: `${filter}:"${value}"`, misses: `-${filter}:"${value}"` }
  return searched ? { finds: `"${value}"`, misses: `-"${value}"` } : undefined
}
