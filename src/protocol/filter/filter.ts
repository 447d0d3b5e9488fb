import { beforeFieldName, type Comparison, FilterFault, parseTerms, type Term } from './parse.ts'
import type { Insight } from '../insight/insight.ts'
import { fieldText, type Unreadable } from '../insight/unreadable.ts'
import { statusOrOpen } from '../status.ts'
import { severities, severityOfInsight } from '../severity.ts'

export { beforeFieldName, FilterFault }

/** A parsed filter. Two filters with the same `key` match the same insights. */
export interface Filter {
  /** The filter as written, spaces trimmed. */
  readonly text: string
  readonly key: string
  matches(insight: Insight): boolean
}

/**
 * Parses the one filter grammar of server, command line and screen:
 * `risk>=80 -type:canary entity:cust_* label.team:payments "free words"`. Terms are joined by AND,
 * `-` negates, commas mean OR, `*` and `?` are globs, letters match in either case. Matching costs
 * time linear in the insight. Undefined for an empty filter. Throws {@link FilterFault}.
 */
export function parseFilter(text: string): Filter | undefined {
  const terms = parseTerms(text)
  if (terms.length === 0) return undefined
  const tests = terms.map(compile)
  const key = [...new Set(terms.map((term) => JSON.stringify(term)))].sort().join('')
  return { text: text.trim(), key, matches: (insight) => tests.every((test) => test(insight)) }
}

type Test = (insight: Insight) => boolean

function compile(term: Term): Test {
  const test = compilePositive(term)
  return term.negated ? (insight) => !test(insight) : test
}

function compilePositive(term: Term): Test {
  switch (term.kind) {
    case 'number': {
      const holds = comparisons[term.op]
      return term.field === 'risk'
        ? (insight) => holds(numberFor(insight.risk_score, term.op), term.value)
        : (insight) => holds(numberFor(insight.confidence, term.op), term.value)
    }
    case 'severity': {
      const holds = comparisons[term.op]
      const ranks = term.values.map(rank)
      return (insight) => {
        const own = rank(severityOfInsight(insight))
        return ranks.some((other) => holds(own, other))
      }
    }
    case 'field': {
      if (term.field === 'status') return (insight) => statusMatches(insight.status, term.patterns)
      const read = reader(term.field)
      return (insight) => {
        const value = read(insight)?.toLowerCase()
        return value !== undefined && term.patterns.some((pattern) => globMatches(pattern, value))
      }
    }
    case 'words':
      return (insight) => textsOf(insight).some((text) => text.toLowerCase().includes(term.text))
  }
}

/**
 * A number that can't be read may be a high one: it passes every lower bound, and no upper bound and
 * no equality, so that nothing unknown is taken for calm.
 */
const numberFor = (value: number | Unreadable, op: Comparison): number =>
  typeof value === 'number' ? value : op === '>=' || op === '>' ? Infinity : Number.NaN

const comparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
}

const rank = (severity: (typeof severities)[number]) => -severities.indexOf(severity)

const readers: Readonly<Record<string, (insight: Insight) => string | undefined>> = {
  type: (insight) => insight.prediction_type,
  entity: (insight) => insight.entity_id,
  source: (insight) => insight.source,
  model: (insight) => insight.model_used,
  id: (insight) => insight.alert_id,
  by: (insight) => insight.acknowledged_by,
}

/** A status that can't be one counts as open, and can be asked for as it came. */
function statusMatches(status: Insight['status'], patterns: readonly string[]): boolean {
  const texts = new Set([statusOrOpen(status), fieldText(status).toLowerCase()])
  return [...texts].some((text) => patterns.some((pattern) => globMatches(pattern, text)))
}

function reader(field: string): (insight: Insight) => string | undefined {
  const known = readers[field]
  if (known) return known
  const label = field.slice('label.'.length)
  return (insight) =>
    insight.labels && Object.hasOwn(insight.labels, label) ? insight.labels[label] : undefined
}

function textsOf(insight: Insight): string[] {
  const { alert_id, entity_id, prediction_type, explanation, model_used, source = '', labels = {} } = insight
  return [
    alert_id,
    entity_id,
    prediction_type,
    explanation,
    model_used,
    source,
    ...insight.recommendations,
    ...Object.values(labels),
  ]
}

/** `*` is any run of characters, `?` any one. Never backtracks past the last star. */
function globMatches(pattern: string, value: string): boolean {
  let p = 0
  let v = 0
  let star = -1
  let mark = 0
  while (v < value.length) {
    if (pattern[p] === '*') {
      star = p++
      mark = v
    } else if (pattern[p] === '?' || pattern[p] === value[v]) {
      p++
      v++
    } else if (star >= 0) {
      p = star + 1
      v = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
