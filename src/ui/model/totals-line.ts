import { shortNumber, sparkline, squeeze, wholeNumber } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { sanitize } from '../../text/sanitize.ts'
import { truncate } from '../../text/width.ts'
import { riskText } from '../../text/words.ts'
import { layOut, piece, type Piece } from './cells.ts'
import type { Figures } from './data.ts'
import { type Line, span } from './line.ts'
import type { ViewState } from './state.ts'

/** The second line: which alerts are shown and in what order, and the server's totals over the range. */
export function totalsLine(
  state: ViewState,
  { glyphs, figures }: { glyphs: Glyphs; figures: Figures },
): Line {
  const { columns, filter } = state
  const left = [
    filter === ''
      ? piece(3, span('all alerts', 'faint'))
      : piece(
          9,
          span('filter ', 'faint'),
          span(
            truncate(sanitize(filter), Math.max(14, Math.floor(columns / 2) - 12), glyphs.ellipsis),
            'accent',
          ),
        ),
    piece(5, span('sort ', 'faint'), span(state.sort)),
  ]
  if (!state.fold) left.push(piece(1, span('unfolded', 'faint')))
  const right = [...rangePieces(state, glyphs)]
  if (figures.dropped > 0)
    right.push(
      piece(4, span(`${shortNumber(figures.held)} held, ${shortNumber(figures.dropped)} let go`, 'faint')),
    )
  const hidden = figures.held - figures.matching
  if (hidden > 0) right.push(piece(8, span(`${wholeNumber(hidden)} hidden`)))
  return layOut(left, right, { columns, gap: 3, ellipsis: glyphs.ellipsis })
}

function rangePieces({ totals, range, columns }: ViewState, glyphs: Glyphs): Piece[] {
  const value = totals?.range === range ? totals.value : undefined
  if (!value)
    return [
      piece(6, span(`${range} `, 'faint'), span(totals?.failed === undefined ? '' : 'no totals', 'faint')),
    ]
  const buckets = value.buckets?.map(({ total }) => total) ?? []
  const spark =
    buckets.length > 0 ? `${sparkline(squeeze(buckets, columns >= 100 ? 30 : 16), glyphs.levels)} ` : ''
  return [
    piece(6, span(`${range} `, 'faint'), span(spark), span(shortNumber(value.total))),
    piece(2, span('avg risk ', 'faint'), span(riskText(value.avgRisk))),
  ]
}
