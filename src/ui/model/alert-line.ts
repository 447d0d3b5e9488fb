import type { Insight } from '../../protocol/insight/insight.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { isStatus } from '../../protocol/status.ts'
import { ageText, momentText, shortCount, shortMoment } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { sanitize } from '../../text/sanitize.ts'
import { padEnd } from '../../text/width.ts'
import { riskText, severityText, shortStatus, unknownText } from '../../text/words.ts'
import { cell, right, ruleLine } from './cells.ts'
import type { Columns } from './list/columns.ts'
import { type Line, type Span, span } from './line.ts'
import type { AlertRow, GapRow } from './list/row.ts'

/** What all lines of the list share. */
export interface LineContext {
  readonly columns: Columns
  readonly glyphs: Glyphs
  /** The server's clock. */
  readonly now: number
  readonly clock: boolean
  readonly utc: boolean
  readonly faded: boolean
}

export function headsLine({ columns, glyphs, clock, utc, faded }: LineContext): Line {
  const { severityWidth } = glyphs
  const text = [
    padEnd('   RISK', 1 + 1 + 4 + 1 + severityWidth + 1 + 4),
    columns.age > 0 ? `  ${right(clock ? (utc ? 'UTC' : 'TIME') : 'AGE', columns.age)}` : '',
    columns.times > 0 ? `  ${padEnd(`${glyphs.times}N`, columns.times)}` : '',
    columns.status > 0 ? `  ${padEnd('STATUS', columns.status)}` : '',
    columns.type > 0 ? `  ${padEnd('TYPE', columns.type)}` : '',
    `  ${padEnd('ENTITY', columns.entity)}`,
    columns.explanation >= 11 ? '  EXPLANATION' : '',
  ]
  return { spans: [span(text.join(''), 'faint')], mood: faded ? 'faded' : undefined }
}

/** One row of the list. `status` is the one to show, which the server may not have agreed to yet. */
export function alertLine(
  row: AlertRow,
  status: Insight['status'],
  selected: boolean,
  { columns, glyphs, now, clock, utc, faded }: LineContext,
): Line {
  const { insight, time } = row.alert
  const severity = severityOfInsight({ ...insight, status })
  const count = row.alerts.length
  const mark = columns.status > 0 ? ' ' : isStatus(status) ? glyphs.status[status] : unknownText
  const when =
    typeof insight.timestamp !== 'string'
      ? unknownText
      : clock
        ? shortMoment(time, now, utc, columns.age)
        : ageText(now - time)
  const spans: Span[] = [
    span(selected ? glyphs.selected : ' ', 'accent'),
    span(mark, 'faint'),
    span(`${right(riskText(insight.risk_score), 4)} ${severityText(severity, glyphs)}`, severity),
  ]
  if (columns.age > 0) spans.push(span(`  ${right(when, columns.age, glyphs.ellipsis)}`, 'faint'))
  if (columns.times > 0)
    spans.push(span(`  ${padEnd(count > 1 ? `${glyphs.times}${shortCount(count)}` : '', columns.times)}`))
  if (columns.status > 0) spans.push(span(`  ${padEnd(shortStatus(status), columns.status)}`, 'faint'))
  if (columns.type > 0)
    spans.push(span(`  ${cell(insight.prediction_type, columns.type, glyphs.ellipsis)}`, 'faint'))
  spans.push(span(`  ${cell(insight.entity_id, columns.entity, glyphs.ellipsis)}`))
  if (columns.explanation > 0)
    spans.push(span(`  ${cell(insight.explanation, columns.explanation, glyphs.ellipsis).trimEnd()}`))
  return {
    spans,
    selected,
    mood: faded ? 'faded' : status === 'acknowledged' || status === 'resolved' ? 'settled' : undefined,
  }
}

/** ` ── link down 14:21:40–14:21:52 · 37 replayed · 0 lost ──` */
export function gapLine(row: GapRow, { columns, glyphs, now, utc, faded }: LineContext): Line {
  const from = momentText(row.downAt, now, utc)
  const to = momentText(row.upAt, now, utc)
  const words = [
    `link down ${from}${glyphs.dash}${to}`,
    row.gap === undefined
      ? `${row.replayed} replayed ${glyphs.dot} 0 lost`
      : `some may be missing: ${gapWords(row.gap)}`,
  ].join(` ${glyphs.dot} `)
  const line = ruleLine(words, columns.width, glyphs, row.gap === undefined ? 'faint' : 'warning')
  return faded ? { ...line, mood: 'faded' } : line
}

function gapWords(gap: string): string {
  switch (gap) {
    case 'expired':
      return 'the server forgot them'
    case 'foreign':
      return 'it has another log now'
    case 'ahead':
      return 'it lost its newest'
    case 'no-ids':
      return 'it cannot replay'
    default:
      return sanitize(gap)
  }
}
