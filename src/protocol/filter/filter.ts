import { beforeFieldName, type Comparison, FilterFault, parseTerms, type Term } from './parse.ts'
import { fieldList } from '../insight/fields.ts'
import type { Insight } from '../insight/insight.ts'
import { fieldText } from '../insight/unreadable.ts'
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
      return (insight) => holds(numberFor(insight[term.field], term.op), term.value)
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
      const matches = matcherOf(term.patterns)
      if (term.field === 'status')
        return ({ status }) => matches(statusOrOpen(status)) || matches(fieldText(status))
      return (insight) => {
        const value = insight[term.field]
        return value !== undefined && matches(fieldText(value))
      }
    }
    case 'label': {
      const matches = matcherOf(term.patterns)
      return ({ labels }) => {
        const value = labels && Object.hasOwn(labels, term.label) ? labels[term.label] : undefined
        return value !== undefined && matches(value)
      }
    }
    case 'words':
      return (insight) => hasWords(insight, term.text)
    default:
      return term satisfies never
  }
}

/**
 * A number that can't be read may be a high one: it passes every lower bound, and no upper bound and
 * no equality, so that nothing unknown is taken for calm.
 */
const numberFor = (value: unknown, op: Comparison): number =>
  typeof value === 'number' ? value : op === '>=' || op === '>' ? Infinity : Number.NaN

const comparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '=': (a, b) => a === b,
}

const rank = (severity: (typeof severities)[number]) => -severities.indexOf(severity)

const matcherOf = (patterns: readonly string[]) => (value: string) => {
  const lower = value.toLowerCase()
  return patterns.some((pattern) => globMatches(pattern, lower))
}

const searched = fieldList.filter((field) => field.searched).map(({ name }) => name)

/** Whether a text stands in one of the fields that are searched. */
function hasWords(insight: Insight, text: string): boolean {
  const isIn = (value: unknown): boolean => {
    if (typeof value === 'string') return value.toLowerCase().includes(text)
    return typeof value === 'object' && value !== null && Object.values(value).some(isIn)
  }
  return searched.some((name) => isIn(insight[name]))
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
