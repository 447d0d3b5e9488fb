import { sanitize } from '../../text/sanitize.ts'
import { displayWidth, padEnd, padStart, truncate } from '../../text/width.ts'
import { type Line, type Span, span, type Tone } from './line.ts'

/** No cell is wider than a few terminals; the rest of a long text is not even looked at. */
const mostUnits = 2000

/** Network text as one cell of exactly that many columns. */
export function cell(text: string, columns: number, ellipsis: string): string {
  return padEnd(truncate(sanitize(text.slice(0, mostUnits)), columns, ellipsis), columns)
}

/** Our own text, right-aligned in that many columns. */
export const right = (text: string, columns: number, ellipsis = '…'): string =>
  padStart(truncate(text, columns, ellipsis), columns)

/** Columns that the spans take. */
export const spansWidth = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + displayWidth(text), 0)

/** Cuts spans so that they fit; what is cut ends in the ellipsis. */
export function fitSpans(spans: readonly Span[], columns: number, ellipsis: string): Span[] {
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

/** A piece of a line: the greater the `weight`, the longer it stays as the line gets narrower. */
export interface Piece {
  readonly spans: readonly Span[]
  readonly weight: number
  /** What is left of it before any piece goes. */
  readonly short?: readonly Span[]
}

export const piece = (weight: number, ...spans: readonly Span[]): Piece => ({ spans, weight })

/**
 * Sets pieces out on one line, `left` from its start and `right` up to its end, `gap` columns
 * apart. Whole pieces go, the lightest first, until the rest fits.
 */
export function layOut(
  left: readonly Piece[],
  rightPieces: readonly Piece[],
  { columns, gap, ellipsis }: { columns: number; gap: number; ellipsis: string },
): Line {
  const kept = new Set([...left, ...rightPieces])
  let isShort = false
  const spansOf = ({ spans, short = spans }: Piece) => (isShort ? short : spans)
  const widthOf = (pieces: readonly Piece[]) =>
    pieces.reduce((sum, one) => sum + spansWidth(spansOf(one)) + gap, 0)
  const fits = () =>
    1 + widthOf([...kept]) <= columns + gap - (rightPieces.some((one) => kept.has(one)) ? 1 : 0)
  isShort = !fits()
  for (const light of [...kept].sort((a, b) => a.weight - b.weight)) {
    if (fits() || kept.size === 1) break
    kept.delete(light)
  }
  const space = span(' '.repeat(gap))
  const row = (pieces: readonly Piece[]) =>
    pieces
      .filter((one) => kept.has(one))
      .flatMap((one, index) => (index > 0 ? [space, ...spansOf(one)] : spansOf(one)))
  const start = [span(' '), ...row(left)]
  const end = row(rightPieces)
  const between = columns - spansWidth(start) - spansWidth(end) - 1
  const margin = span(' ')
  if (end.length === 0) return { spans: fitSpans(start, columns, ellipsis) }
  return {
    spans: fitSpans([...start, span(' '.repeat(Math.max(1, between))), ...end, margin], columns, ellipsis),
  }
}

/** A rule across the list with words in it: ` ── link down … ─────`. */
export function ruleLine(
  words: string,
  columns: number,
  glyphs: { rule: string; ellipsis: string },
  tone: Tone,
): Line {
  const start = ` ${glyphs.rule.repeat(2)} ${truncate(words, Math.max(0, columns - 8), glyphs.ellipsis)} `
  const rest = Math.max(0, columns - displayWidth(start) - 1)
  return { spans: [span(start, tone), span(glyphs.rule.repeat(rest), 'faint')] }
}
