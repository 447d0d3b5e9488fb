import { Chalk } from 'chalk'
import { fieldList } from '../../protocol/insight/fields.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { type Severity, severityOfInsight } from '../../protocol/severity.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import { ageText } from '../../text/format.ts'
import { sanitize } from '../../text/sanitize.ts'
import { shownValue } from '../../text/shown-value.ts'
import { riskText, severityText, timeText, unknownText } from '../../text/words.ts'
import type { Appearance } from '../shared/appearance.ts'
import type { Column } from './table.ts'

/** The table of `recent`: ages on a terminal, full times and ids where another program reads. */
export function insightColumns(look: Appearance, now: number, terminal: boolean): Column<Insight>[] {
  const chalk = new Chalk({ level: look.colors })
  const paints: Readonly<Record<Severity, (text: string) => string>> = {
    critical: chalk.bold.red,
    warning: chalk.yellow,
    info: (text) => text,
  }
  const paint = (text: string, insight: Insight) => paints[severityOfInsight(insight)](text)
  const risk: Column<Insight> = {
    title: 'RISK',
    align: 'right',
    cell: (insight) => riskText(insight.risk_score),
    paint,
  }
  const severity: Column<Insight> = {
    title: terminal ? 'SEV' : 'SEVERITY',
    cell: (insight) => severityText(severityOfInsight(insight), look.glyphs),
    paint,
  }
  if (!terminal) {
    const time: Column<Insight> = { title: 'TIME', cell: (insight) => timeText(insight.timestamp) }
    const id: Column<Insight> = { title: 'ALERT', cell: (insight) => sanitize(insight.alert_id) }
    return [time, risk, severity, ...fieldColumns.toSpliced(-1, 0, id)]
  }
  const age = (insight: Insight) => {
    const time = parseTimestamp(insight.timestamp)
    return time === undefined ? unknownText : ageText(now - time)
  }
  return [risk, severity, { title: 'AGE', align: 'right', cell: age, drop: 3 }, ...fieldColumns]
}

/** The columns that show a field as it is, in their order. */
const fieldColumns: readonly Column<Insight>[] = fieldList
  .flatMap(({ name, content, column }) => (column === undefined ? [] : [{ name, content, ...column }]))
  .sort((a, b) => a.place - b.place)
  .map(({ name, content, title, drop, max }) => ({
    title,
    cell: (insight) => shownValue(content, insight[name]),
    ...(drop !== undefined && { drop }),
    ...(max !== undefined && { maxWidth: max }),
  }))
