import { sanitize } from '../../../text/sanitize.ts'
import { displayWidth, padEnd, padStart, truncate } from '../../../text/width.ts'
import type { StyledLine, Span } from '../../model/view/line.ts'

/** No cell is wider than a few terminals; the rest of a long text is not even looked at. */
const maxUnits = 2000

/** Network text as one cell of exactly that many columns. */
export function cell(text: string, columns: number, ellipsis: string): string {
  return padEnd(truncate(sanitize(text.slice(0, maxUnits)), columns, ellipsis), columns)
}

/** Our own text, right-aligned in that many columns. */
export const right = (text: string, columns: number, ellipsis = '…'): string =>
  padStart(truncate(text, columns, ellipsis), columns)

/** Columns that the spans take. */
export const spansWidth = (spans: StyledLine): number =>
  spans.reduce((sum, { text }) => sum + displayWidth(text), 0)

/** Cuts spans so that they fit. Ink would end what is cut in `…`, which not every terminal has. */
export function fitSpans(spans: StyledLine, columns: number, ellipsis: string): StyledLine {
  const fitted: Span[] = []
  let left = columns
  for (const one of spans) {
    const width = displayWidth(one.text)
    if (width > left) {
      fitted.push({ ...one, text: truncate(one.text, left, ellipsis) })
      return fitted
    }
    fitted.push(one)
    left -= width
  }
  return fitted
}
