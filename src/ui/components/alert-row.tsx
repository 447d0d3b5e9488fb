import { memo } from 'react'
import { severityOfInsight } from '../../protocol/severity.ts'
import { isStatus } from '../../protocol/status.ts'
import { shortCount } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { padEnd } from '../../text/width.ts'
import { riskText, severityText, shortStatus, unknownText } from '../../text/words.ts'
import type { Columns } from '../model/list/columns.ts'
import { type StyledLine, type Span, span } from '../model/view/line.ts'
import type { AlertRowView, ListView } from '../model/view/list-view.ts'
import { cell, right } from './text/cells.ts'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'
import type { Theme, Tones } from './theme.ts'

interface AlertRowProps extends Omit<AlertRowView, 'kind' | 'key'> {
  readonly columns: Columns
  readonly isStale: boolean
}

/** One row of the list, rendered again only when something in it has changed. */
export const AlertRow = memo(function AlertRow(props: AlertRowProps) {
  const { theme, glyphs } = useLook()
  return <StyledText line={rowLine(props, glyphs)} tones={tonesOf(props, theme)} />
})

function tonesOf({ isStale, isSelected, status }: AlertRowProps, theme: Theme): Tones {
  if (isStale) return isSelected ? theme.fadedSelected : theme.faded
  if (isSelected) return theme.selected
  return status === 'acknowledged' || status === 'resolved' ? theme.settled : theme.usual
}

function rowLine({ row, status, when, isMarked, columns }: AlertRowProps, glyphs: Glyphs): StyledLine {
  const { insight } = row.alert
  const { ellipsis } = glyphs
  const severity = severityOfInsight({ ...insight, status })
  const count = row.alerts.length
  const mark = columns.status > 0 ? ' ' : isStatus(status) ? glyphs.status[status] : unknownText
  const spans: Span[] = [
    span(isMarked ? glyphs.selected : ' ', 'accent'),
    span(mark, 'faint'),
    span(`${right(riskText(insight.risk_score), 4)} ${severityText(severity, glyphs)}`, severity),
  ]
  if (columns.age > 0) spans.push(span(`  ${right(when, columns.age, ellipsis)}`, 'faint'))
  if (columns.times > 0)
    spans.push(span(`  ${padEnd(count > 1 ? `${glyphs.times}${shortCount(count)}` : '', columns.times)}`))
  if (columns.status > 0) spans.push(span(`  ${padEnd(shortStatus(status), columns.status)}`, 'faint'))
  if (columns.type > 0)
    spans.push(span(`  ${cell(insight.prediction_type, columns.type, ellipsis)}`, 'faint'))
  spans.push(span(`  ${cell(insight.entity_id, columns.entity, ellipsis)}`))
  if (columns.explanation > 0)
    spans.push(span(`  ${cell(insight.explanation, columns.explanation, ellipsis).trimEnd()}`))
  return spans
}

/** The heads of the columns, as wide as those. */
export function HeadRow({ columns, timeHead, isStale }: Pick<ListView, 'columns' | 'timeHead' | 'isStale'>) {
  const { theme, glyphs } = useLook()
  const text = [
    padEnd('   RISK', 1 + 1 + 4 + 1 + glyphs.severityWidth + 1 + 4),
    columns.age > 0 ? `  ${right(timeHead, columns.age)}` : '',
    columns.times > 0 ? `  ${padEnd(`${glyphs.times}N`, columns.times)}` : '',
    columns.status > 0 ? `  ${padEnd('STATUS', columns.status)}` : '',
    columns.type > 0 ? `  ${padEnd('TYPE', columns.type)}` : '',
    `  ${padEnd('ENTITY', columns.entity)}`,
    columns.explanation >= 11 ? '  EXPLANATION' : '',
  ]
  return <StyledText line={[span(text.join(''), 'faint')]} tones={isStale ? theme.faded : theme.usual} />
}
