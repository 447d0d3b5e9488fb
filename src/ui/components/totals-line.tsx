import { isDeepStrictEqual } from 'node:util'
import { memo } from 'react'
import { shortNumber, sparkline, squeeze, wholeNumber } from '../../text/format.ts'
import { truncate } from '../../text/width.ts'
import { span } from '../model/view/line.ts'
import type { TotalsView } from '../model/view/totals-view.ts'
import { useLook } from './look.ts'
import { type Piece, piece, PieceLine } from './text/piece-line.tsx'

interface TotalsLineProps {
  readonly totals: TotalsView
  readonly columns: number
}

/** The second line: which alerts are shown and in what order, and the server's totals over the range. */
export const TotalsLine = memo(function TotalsLine({ totals: view, columns }: TotalsLineProps) {
  const { glyphs } = useLook()
  const { filter, sort, isFolded, range, totals, isMissing, held, dropped, hidden } = view
  const filterWidth = Math.max(14, Math.floor(columns / 2) - 12)
  const left: Piece[] = [
    filter === undefined
      ? piece(3, span('all alerts', 'faint'))
      : piece(9, span('filter ', 'faint'), span(truncate(filter, filterWidth, glyphs.ellipsis), 'accent')),
    piece(5, span('sort ', 'faint'), span(sort)),
  ]
  if (!isFolded) left.push(piece(1, span('unfolded', 'faint')))
  const right: Piece[] = []
  if (totals) {
    const bars = squeeze(totals.buckets, columns >= 100 ? 30 : 16)
    const spark = bars.length > 0 ? `${sparkline(bars, glyphs.levels)} ` : ''
    right.push(
      piece(6, span(`${range} `, 'faint'), span(spark), span(shortNumber(totals.total))),
      piece(2, span('avg risk ', 'faint'), span(totals.averageRisk)),
    )
  } else right.push(piece(6, span(`${range} `, 'faint'), span(isMissing ? 'no totals' : '', 'faint')))
  if (dropped > 0)
    right.push(piece(4, span(`${shortNumber(held)} held, ${shortNumber(dropped)} let go`, 'faint')))
  if (hidden > 0) right.push(piece(8, span(`${wholeNumber(hidden)} hidden`)))
  return <PieceLine left={left} right={right} columns={columns} gap={3} />
}, isDeepStrictEqual)
