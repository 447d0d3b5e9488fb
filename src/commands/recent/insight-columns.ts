import { Chalk } from 'chalk'
import type { Insight } from '../../protocol/insight/insight.ts'
import { type Severity, severityOfInsight } from '../../protocol/severity.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import { ageText } from '../../text/format.ts'
import { sanitize } from '../../text/sanitize.ts'
import { riskText, severityText, shortStatus, timeText, unknownText } from '../../text/words.ts'
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
  const rest: Column<Insight>[] = [
    {
      title: terminal ? 'SEV' : 'SEVERITY',
      cell: (insight) => severityText(severityOfInsight(insight), look.glyphs),
      paint,
    },
    { title: 'STATUS', cell: (insight) => shortStatus(insight.status), drop: 4 },
    { title: 'TYPE', cell: (insight) => sanitize(insight.prediction_type), maxWidth: 18, drop: 2 },
    { title: 'ENTITY', cell: (insight) => sanitize(insight.entity_id), maxWidth: 20 },
    { title: 'EXPLANATION', cell: (insight) => sanitize(insight.explanation) },
  ]
  if (!terminal) {
    const time: Column<Insight> = { title: 'TIME', cell: (insight) => timeText(insight.timestamp) }
    const id: Column<Insight> = { title: 'ALERT', cell: (insight) => sanitize(insight.alert_id) }
    return [time, risk, ...rest.slice(0, 4), id, ...rest.slice(4)]
  }
  const age = (insight: Insight) => {
    const time = parseTimestamp(insight.timestamp)
    return time === undefined ? unknownText : ageText(now - time)
  }
  return [
    risk,
    rest[0],
    { title: 'AGE', align: 'right' as const, cell: age, drop: 3 },
    ...rest.slice(1),
  ].filter((column) => column !== undefined)
}
