import * as fc from 'fast-check'
import { displayWidth } from '../../src/text/width.ts'

/** A styled piece of text, closed by a reset as Ink closes its pieces at the end of a line. */
interface Piece {
  readonly sgr: string
  readonly text: string
}
type Line = readonly Piece[]

export type Step =
  | { readonly kind: 'frame'; readonly lines: readonly string[] }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'redraw' }

const clusters = ['日', '本', '한', '🔥', '🇩🇪', 'é', 'z\u0335', '▌', '‼', '─', '…', '·', 'क', '￭']
const sgr = ['', '1', '2', '31', '1;31', '2;36', '7', '4;33', '48;5;236', '38;2;10;20;30', '9;3;95']

const piece: fc.Arbitrary<Piece> = fc.record({
  sgr: fc.constantFrom(...sgr),
  text: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('crit', 'churn_risk', '12s', ' ', '                ', '97') },
    { weight: 2, arbitrary: fc.constantFrom(...clusters) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 30 }) },
  ),
})
const line: fc.Arbitrary<Line> = fc.array(piece, { maxLength: 8 })

/** What happens to a screen: rows come, go, move and change, the window is resized, somebody asks for a redraw. */
export const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('all' as const), lines: fc.array(line, { maxLength: 14 }) }),
      },
      { weight: 5, arbitrary: edit('insert') },
      { weight: 3, arbitrary: edit('remove') },
      { weight: 5, arbitrary: edit('replace') },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('resize' as const),
          columns: fc.integer({ min: 1, max: 60 }),
          rows: fc.integer({ min: 1, max: 16 }),
        }),
      },
      { weight: 1, arbitrary: fc.constant({ kind: 'redraw' as const }) },
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((edits) => {
    let lines: Line[] = []
    let size = { columns: 40, rows: 12 }
    return edits.flatMap((edit): Step[] => {
      if (edit.kind === 'redraw') return [edit]
      if (edit.kind === 'resize') size = edit
      else if (edit.kind === 'all') lines = edit.lines
      else {
        lines = [...lines]
        const at = Math.min(edit.at, lines.length)
        const fresh = edit.kind === 'remove' ? [] : edit.lines
        lines.splice(at, edit.kind === 'insert' ? 0 : edit.lines.length, ...fresh)
      }
      const frame: Step = {
        kind: 'frame',
        lines: lines.slice(0, size.rows).map((line) => render(line, size.columns)),
      }
      return edit.kind === 'resize' ? [edit, frame] : [frame]
    })
  })

function edit<const Kind extends string>(kind: Kind) {
  return fc.record({
    kind: fc.constant(kind),
    at: fc.nat(11),
    lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  })
}

/** The line's text with its sequences, cut to the columns: the cut is no part of what is tested with it. */
function render(line: Line, columns: number): string {
  let room = columns
  let text = ''
  for (const { sgr, text: all } of line) {
    let shown = ''
    for (const { segment } of new Intl.Segmenter().segment(all)) {
      if (displayWidth(segment) > room) {
        room = 0
        break
      }
      room -= displayWidth(segment)
      shown += segment
    }
    text += sgr === '' ? shown : `\x1b[${sgr}m${shown}\x1b[0m`
  }
  return text
}
