import { Chalk } from 'chalk'
import type { Insight } from '../../protocol/insight/insight.ts'
import { type Severity, severityOf } from '../../protocol/severity.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import { shortAge } from '../../text/format.ts'
import { sanitize } from '../../text/sanitize.ts'
import type { Appearance } from './appearance.ts'
import type { Column } from './table.ts'

const severityWords: Readonly<Record<Severity, string>> = { critical: 'crit', warning: 'warn', info: 'info' }
const statusWords: Readonly<Record<string, string>> = { acknowledged: 'ack', resolved: 'resolved' }

/** `97`, `61.5`: no digits that say nothing. */
export const riskText = (risk: number) => String(Math.round(risk * 10) / 10)

/** `‼ crit`: readable without colour. */
export function severityText(insight: Insight, { glyphs }: Appearance): string {
  const severity = severityOf(insight.risk_score)
  return `${glyphs.severity[severity]} ${severityWords[severity]}`
}

export const statusText = (insight: Insight) => statusWords[insight.status] ?? insight.status

/** The table of `recent`: ages on a terminal, full times and ids where another program reads. */
export function insightColumns(look: Appearance, now: number, terminal: boolean): Column<Insight>[] {
  const chalk = new Chalk({ level: look.colors })
  const paints: Readonly<Record<Severity, (text: string) => string>> = {
    critical: chalk.bold.red,
    warning: chalk.yellow,
    info: (text) => text,
  }
  const paint = (text: string, insight: Insight) => paints[severityOf(insight.risk_score)](text)
  const risk: Column<Insight> = {
    title: 'RISK',
    align: 'right',
    cell: (insight) => riskText(insight.risk_score),
    paint,
  }
  const rest: Column<Insight>[] = [
    { title: 'SEVERITY', cell: (insight) => severityText(insight, look), paint, drop: 1 },
    { title: 'STATUS', cell: statusText, drop: 4 },
    { title: 'TYPE', cell: (insight) => sanitize(insight.prediction_type), most: 18, drop: 2 },
    { title: 'ENTITY', cell: (insight) => sanitize(insight.entity_id), most: 20 },
    { title: 'EXPLANATION', cell: (insight) => sanitize(insight.explanation) },
  ]
  if (!terminal) {
    const time: Column<Insight> = { title: 'TIME', cell: (insight) => sanitize(insight.timestamp) }
    const id: Column<Insight> = { title: 'ALERT', cell: (insight) => sanitize(insight.alert_id) }
    return [time, risk, ...rest.slice(0, 4), id, ...rest.slice(4)]
  }
  const age = (insight: Insight) => {
    const time = parseTimestamp(insight.timestamp)
    return time === undefined ? '' : shortAge(now - time)
  }
  return [
    risk,
    rest[0],
    { title: 'AGE', align: 'right' as const, cell: age, drop: 3 },
    ...rest.slice(1),
  ].filter((column) => column !== undefined)
}
