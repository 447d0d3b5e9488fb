import { fieldNames } from '../../../protocol/insight/fields.ts'
import type { Status } from '../../../protocol/status.ts'
import { isRisk, severityOf, severityOfInsight } from '../../../protocol/severity.ts'
import { agoText, counted, dateText, momentText, sparkline } from '../../../text/format.ts'
import type { Glyphs } from '../../../text/glyphs.ts'
import { sanitize, sanitizeLines } from '../../../text/sanitize.ts'
import { padEnd } from '../../../text/width.ts'
import { riskText, shortStatus, statusText, unknownText } from '../../../text/words.ts'
import { wrap } from '../../../text/wrap.ts'
import { type AlertItem, riskHistory } from '../list/row.ts'
import { serverNow } from '../server-now.ts'
import type { ViewState } from '../state.ts'
import { detailFields } from './detail-fields.ts'
import { type StyledLine, type Span, span, type Tone } from './line.ts'

const labelWidth = 11

/** The lines of a row that were made last. Of the longest alert they take too long to be made for each frame. */
const made = new WeakMap<AlertItem, { readonly key: string; readonly lines: readonly StyledLine[] }>()

/** Everything about the row's newest alert, and how its risk went; as many lines as it takes. */
export function detailLines(
  row: AlertItem,
  { utc, pending, now, feed }: ViewState,
  width: number,
  glyphs: Glyphs,
): readonly StyledLine[] {
  const look: Look = {
    width,
    utc,
    wanted: pending.get(row.alert.id),
    ago: agoText(serverNow({ now, feed }) - row.alert.time),
    today: dayStart(serverNow({ now, feed }), utc),
  }
  const key = JSON.stringify([look, glyphs.ellipsis])
  const before = made.get(row)
  if (before?.key === key) return before.lines
  const lines = makeLines(row, look, glyphs)
  made.set(row, { key, lines })
  return lines
}

const dayMs = 86_400_000
const dayStart = (now: number, utc: boolean): number =>
  utc ? now - (now % dayMs) : new Date(now).setHours(0, 0, 0, 0)

/** All that the lines depend on besides the row. */
interface Look {
  readonly width: number
  readonly utc: boolean
  /** The status that the server has not agreed to yet. */
  readonly wanted: Status | undefined
  readonly ago: string
  /** When the day began, which decides which times have a date. */
  readonly today: number
}

function makeLines(row: AlertItem, { width, utc, wanted, ago, today }: Look, glyphs: Glyphs): StyledLine[] {
  const { insight } = row.alert
  const status = wanted ?? insight.status
  const severity = severityOfInsight({ ...insight, status })
  const when = (time: unknown) => {
    if (time === undefined) return ''
    return typeof time === 'string' ? dateText(Date.parse(time), utc) : unknownText
  }
  const history = riskHistory(row.alerts, 32)
  const lines: StyledLine[] = [
    line(
      span(`${glyphs.severity[severity]} ${riskText(insight.risk_score)} ${severity}`, severity),
      span(`  ${glyphs.dot}  ${statusText(status)}`, status === 'open' ? 'plain' : 'faint'),
      ...(wanted === undefined ? [] : [span(' (sending)', 'faint')]),
    ),
    ...wrap(sanitize(insight.entity_id), width).map((text) => line(span(text, 'strong'))),
    ...wrap(sanitize(insight.prediction_type), width).map((text) => line(span(text, 'faint'))),
    empty,
    ...sanitizeLines(insight.explanation)
      .flatMap((text) => wrap(text, width))
      .map((text) => line(span(text))),
  ]
  const field = (label: string, value: string, tone: Tone = 'plain', link?: string) => {
    if (value === '') return
    for (const [index, text] of wrap(value, width - labelWidth).entries())
      lines.push(
        line(span(padEnd(index === 0 ? label : '', labelWidth), 'faint'), { ...span(text, tone), link }),
      )
  }
  if (insight.recommendations.length > 0) {
    lines.push(empty, line(span('what to do', 'accent')))
    for (const [index, text] of insight.recommendations.entries())
      for (const [part, piece] of wrap(sanitize(text), width - 3).entries())
        lines.push(line(span(padEnd(part === 0 ? `${index + 1}` : '', 3), 'faint'), span(piece)))
  }
  lines.push(empty)
  const risks = history.map(({ risk }) => risk).filter(isRisk)
  if (risks.some((risk) => risk !== risks[0])) {
    const spark = sparkline(risks, glyphs.levels, 100)
    field('risk', `${spark} ${riskText(risks[0])} ${glyphs.arrow} ${riskText(risks.at(-1))}`, severity)
  }
  const isTime = typeof insight.timestamp === 'string'
  field('time', `${when(insight.timestamp)}${isTime ? `, ${ago}` : ''}`)
  if (row.alerts.length > 1)
    field('repeats', `${counted(row.alerts.length, 'alert')} since ${dateText(row.alerts[0]!.time, utc)}`)
  for (const { label, text, link } of detailFields(insight, when))
    field(label, text, link === undefined ? 'plain' : 'accent', link)
  field('id', sanitize(insight.alert_id), 'faint')
  for (const [name, value] of Object.entries(insight))
    if (!known.has(name))
      field(sanitize(name).slice(0, labelWidth - 1), sanitize(JSON.stringify(value) ?? ''))
  lines.push(...pastLines(row, today, utc, glyphs))
  return lines
}

/** How the alert, or the alerts of a fold, stood before: newest first. */
function pastLines(row: AlertItem, now: number, utc: boolean, glyphs: Glyphs): StyledLine[] {
  const { alert, alerts } = row
  const folded = alerts.length > 1
  if (!folded && alert.versions === 1) return []
  const past = riskHistory(alerts, 32).toReversed()
  const title = folded
    ? `${counted(alerts.length, 'alert')} of this type and entity`
    : `${alert.versions} versions seen`
  return [
    empty,
    line(span(title, 'accent')),
    ...past.slice(0, 12).map(({ time, risk, status }) => {
      const severity = severityOf(risk)
      return line(
        span(`${momentText(time, now, utc)}  `, 'faint'),
        span(`${riskText(risk).padStart(4)} ${glyphs.severity[severity]}`, severity),
        span(`  ${shortStatus(status)}`, 'faint'),
      )
    }),
  ]
}

const known: ReadonlySet<string> = new Set(fieldNames)

const empty: StyledLine = []
const line = (...spans: Span[]): StyledLine => spans
