import type { FieldName } from '../insight/fields.ts'
import { severities, type Severity } from '../severity.ts'
import { filterFields, filterNames } from './filter-fields.ts'
import { mistakenWord } from './mistaken-word.ts'

export type Comparison = '>=' | '<=' | '>' | '<' | '='

/** One term of a filter. `label` is the name of a label; `field` one of the insight. */
export type Term = { readonly negated: boolean } & (
  | {
      readonly kind: 'number'
      readonly field: FieldName
      readonly op: Comparison
      readonly value: number
    }
  | { readonly kind: 'severity'; readonly op: Comparison; readonly values: readonly Severity[] }
  | { readonly kind: 'field'; readonly field: FieldName; readonly patterns: readonly string[] }
  | { readonly kind: 'label'; readonly label: string; readonly patterns: readonly string[] }
  | { readonly kind: 'words'; readonly text: string }
)

/** What is wrong with a filter, and where: `position` counts characters from 0. */
export class FilterFault extends Error {
  override readonly name = 'FilterFault'
  readonly position: number
  constructor(message: string, position: number) {
    super(message)
    this.position = position
  }
}

const maxLength = 1000
const maxTerms = 50
const severityNames: readonly string[] = severities
const beforeLabel = 'label.'

/** Reads the filter grammar into terms joined by AND. Throws {@link FilterFault}. */
export function parseTerms(text: string): Term[] {
  if (text.length > maxLength)
    throw new FilterFault(`a filter has at most ${maxLength} characters`, maxLength)
  const terms: Term[] = []
  for (const { raw, position } of split(text)) {
    if (terms.length === maxTerms) throw new FilterFault(`a filter has at most ${maxTerms} terms`, position)
    terms.push(parseTerm(raw, position))
  }
  return terms
}

/**
 * What stands before the last word, where that word may become the name of a field: `sev`, `label.te`. Undefined where it
 * can't.
 */
export function beforeFieldName(text: string): string | undefined {
  const [word = ''] = /(?<=^|\s)[a-z]+(\.[^\s:<>="]*)?$/.exec(text) ?? []
  const isName = word.startsWith('label.') || filterNames.some((name) => name.startsWith(word))
  return word !== '' && isName ? text.slice(0, -word.length) : undefined
}

/** Splits at spaces outside quotes. */
function* split(text: string): Generator<{ raw: string; position: number }> {
  let start = -1
  let quoteAt = -1
  for (let at = 0; at <= text.length; at++) {
    const char = text[at]
    if (char === '"') quoteAt = quoteAt < 0 ? at : -1
    const ends = char === undefined || (quoteAt < 0 && /\s/.test(char))
    if (ends && start >= 0) {
      if (quoteAt >= 0) throw new FilterFault('a quote is not closed', quoteAt)
      yield { raw: text.slice(start, at), position: start }
      start = -1
    } else if (!ends && start < 0) start = at
  }
}

function parseTerm(raw: string, position: number): Term {
  const negated = raw.startsWith('-') && raw.length > 1
  const body = negated ? raw.slice(1) : raw
  const at = position + (negated ? 1 : 0)
  if (body.startsWith('"')) return { negated, kind: 'words', text: words(body, at) }
  const [, name = '', op = '', value = ''] = /^([^:<>="]+)(:|>=|<=|>|<|=)(.*)$/s.exec(body) ?? []
  if (op === '') {
    const mistake = mistakenWord(body, filterNames)
    if (mistake !== undefined) throw new FilterFault(mistake, at)
    return { negated, kind: 'words', text: words(body, at) }
  }
  const valueAt = at + name.length + op.length
  if (value === '') throw new FilterFault(`${name}${op} has no value`, valueAt)
  if (name === 'severity') return severity(negated, op, value, valueAt)
  const field = filterFields.get(name)
  const label = name.startsWith(beforeLabel) ? name.slice(beforeLabel.length) : ''
  if (field === undefined && label === '')
    throw new FilterFault(`there is no field "${name}"; use ${filterNames.join(', ')}, or quote words`, at)
  if (field?.isNumber) {
    if (!/^\d+(\.\d+)?$/.test(value)) throw new FilterFault(`${name} is compared with a number`, valueAt)
    return { negated, kind: 'number', field: field.name, op: comparisonOf(op), value: Number(value) }
  }
  if (op !== ':' && op !== '=') throw new FilterFault(`${name} takes ":", not "${op}"`, at + name.length)
  if (/^[<>=]/.test(value))
    throw new FilterFault(`a value that begins with "${value.charAt(0)}" has to be quoted`, valueAt)
  const patterns = alternatives(value, valueAt)
  return field
    ? { negated, kind: 'field', field: field.name, patterns }
    : { negated, kind: 'label', label, patterns }
}

function words(body: string, at: number): string {
  const text = body.replaceAll('"', '').toLowerCase()
  if (text.trim() === '') throw new FilterFault('there are no words between the quotes', at)
  return text
}

/** `risk:85` is `risk=85`. */
const comparisonOf = (op: string): Comparison => (op === ':' ? '=' : (op as Comparison))

function severity(negated: boolean, op: string, value: string, at: number): Term {
  const values = alternatives(value, at)
  const wrong = values.find((name) => !severityNames.includes(name))
  if (wrong !== undefined) throw new FilterFault(`severity is one of ${severityNames.join(', ')}`, at)
  const comparison = comparisonOf(op)
  if (comparison !== '=' && values.length > 1) throw new FilterFault('only ":" takes a list', at)
  return { negated, kind: 'severity', op: comparison, values: values as Severity[] }
}

/** Commas outside quotes mean OR. Globs are matched without regard to case. */
function alternatives(value: string, at: number): string[] {
  const found: string[] = []
  let current = ''
  let quoted = false
  for (const char of `${value},`) {
    if (char === '"') quoted = !quoted
    else if (char === ',' && !quoted) {
      if (current === '') throw new FilterFault('a value between the commas is missing', at)
      found.push(current.toLowerCase())
      current = ''
    } else current += char
  }
  return found
}
