import { isRawNumber } from '../json.ts'
import { fieldNames } from './fields.ts'
import { asItCame, type Insight } from './insight.ts'

/**
 * One JSON text for one content: fields in a fixed order, absent ones left out, labels sorted,
 * fields of a newer version last. Equal contents give equal texts, whatever order they came in.
 */
export function encodeInsight(insight: Insight): string {
  if (insight[asItCame] !== undefined) return encodeInsight(sentFields(insight) as unknown as Insight)
  const { labels } = insight
  if (isInOrder(insight)) {
    const sorted = !isRecord(labels) || areSorted(labels)
    return JSON.stringify(sorted ? insight : { ...insight, labels: sortedRecord(labels) })
  }
  const known: readonly string[] = fieldNames
  const others = Object.keys(insight).filter((name) => !known.includes(name))
  const entries = [...known, ...others.sort()].map((name) => {
    const value: unknown = insight[name as keyof Insight]
    return [
      name,
      name === 'labels' && isRecord(labels) && !isRawNumber(labels) ? sortedRecord(labels) : value,
    ]
  })
  // Not by assignment: a field of another server may be named `__proto__`.
  return JSON.stringify(Object.fromEntries(entries))
}

/** The fields as they are passed on: those that came as something else than was read from them stay as they came. */
export function sentFields(insight: Insight): Readonly<Record<string, unknown>> {
  const came = insight[asItCame]
  if (came === undefined) return insight as unknown as Record<string, unknown>
  const { [asItCame]: _, ...rest } = insight
  const fields: Record<string, unknown> = rest
  for (const [name, { value, read }] of Object.entries(came))
    if (JSON.stringify(fields[name]) === JSON.stringify(read)) fields[name] = value
  return fields
}

/** Most insights come in the order they are written in, and need no rearranging. */
function isInOrder(insight: Insight): boolean {
  let place = 0
  for (const name in insight) {
    while (fieldNames[place] !== name) if (++place >= fieldNames.length) return false
    place++
  }
  return true
}

/** What came from another server may be anything. */
const isRecord = (labels: Insight['labels']): labels is Record<string, string> =>
  typeof labels === 'object' && labels !== null && !Array.isArray(labels)

function areSorted(labels: Record<string, string>): boolean {
  let last = ''
  for (const name in labels) {
    // Names like `7` stand first in every object, so they are sorted apart.
    if (name <= last || name < 'A') return false
    last = name
  }
  return true
}

function sortedRecord(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
