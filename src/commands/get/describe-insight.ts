import type { Insight } from '../../protocol/insight/insight.ts'
import { Unreadable } from '../../protocol/insight/unreadable.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { sanitize } from '../../text/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../../text/width.ts'
import { riskText, severityText, statusText, unknownText } from '../../text/words.ts'
import type { Appearance } from '../shared/appearance.ts'

/** A field of a newer server may have any name. */
const maxName = 40

/** `name  value` lines, in the order of the fields; a list takes a line an item. */
export function describeInsight(insight: Insight, { glyphs }: Appearance): string {
  const risk = `${riskText(insight.risk_score)} ${severityText(severityOfInsight(insight), glyphs)}`
  const shown = { ...insight, risk_score: risk, status: statusText(insight.status) }
  const rows = Object.entries(shown).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    if (value instanceof Unreadable) return [[name, unknownText]]
    if (Array.isArray(value)) return value.map((item, index) => [index === 0 ? name : '', fieldText(item)])
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).map(([key, inner], index) => [
        index === 0 ? name : '',
        `${sanitize(key)}: ${fieldText(inner)}`,
      ])
    return [[name, fieldText(value)]]
  })
  const names = rows.map(([name]) => truncate(sanitize(name), maxName))
  const width = Math.max(...names.map(displayWidth))
  return rows.map(([, value], at) => `${padEnd(names[at] ?? '', width)}  ${value}`.trimEnd() + '\n').join('')
}

const fieldText = (value: unknown) => sanitize(typeof value === 'string' ? value : JSON.stringify(value))
