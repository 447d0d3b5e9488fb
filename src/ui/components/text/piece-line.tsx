import { Box } from 'ink'
import { type StyledLine, type Span, span } from '../../model/view/line.ts'
import { fitSpans, spansWidth } from './cells.ts'
import { useLook } from '../look.ts'
import { StyledText } from './styled-text.tsx'

/** A piece of a line: the greater the `weight`, the longer it stays as the line gets narrower. */
export interface Piece {
  readonly spans: StyledLine
  readonly weight: number
  /** What is left of it before any piece goes. */
  readonly short?: StyledLine
}

export const piece = (weight: number, ...spans: readonly Span[]): Piece => ({ spans, weight })

interface PieceLineProps {
  readonly left: readonly Piece[]
  readonly right?: readonly Piece[]
  readonly columns: number
  readonly gap: number
}

/** Pieces from the line's start and up to its end. Whole pieces go, the lightest first, until the rest fits. */
export function PieceLine({ left, right = [], columns, gap }: PieceLineProps) {
  const { theme, glyphs } = useLook()
  const fitted = fitPieces(left, right, columns, gap)
  const start = fitSpans(fitted.left, columns - 1, glyphs.ellipsis)
  return (
    <Box width={columns} height={1} paddingX={1} justifyContent="space-between">
      <StyledText line={start} tones={theme.usual} />
      {fitted.right.length > 0 && <StyledText line={fitted.right} tones={theme.usual} />}
    </Box>
  )
}

/** The pieces that fit between a margin of one column on either side, `gap` columns apart. */
export function fitPieces(
  left: readonly Piece[],
  right: readonly Piece[],
  columns: number,
  gap: number,
): { readonly left: StyledLine; readonly right: StyledLine } {
  const kept = new Set([...left, ...right])
  let isShort = false
  const spansOf = ({ spans, short = spans }: Piece) => (isShort ? short : spans)
  const width = () => [...kept].reduce((sum, one) => sum + spansWidth(spansOf(one)) + gap, 0)
  const margin = () => (right.some((one) => kept.has(one)) ? 2 : 1)
  const fits = () => margin() + width() <= columns + gap
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
  return { left: row(left), right: row(right) }
}
