import { sanitize } from '../../text/sanitize.ts'
import { displayWidth } from '../../text/width.ts'
import type { LineEditor } from '../model/line-editor.ts'
import { type StyledLine, type Span, span } from '../model/view/line.ts'
import { fitSpans } from './text/cells.ts'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'

interface PromptProps {
  /** What is asked, before the text. */
  readonly label: StyledLine
  readonly editor: LineEditor
  /** Columns that the text may take; of a longer one the part around the cursor is shown. */
  readonly room: number
  /** From this place of the text on it is marked as wrong. */
  readonly fault?: number | undefined
  readonly after?: StyledLine
  readonly columns: number
}

/** A line that is being typed, with a block where the cursor is. */
export function Prompt({ label, editor, room, fault, after = [], columns }: PromptProps) {
  const { theme, glyphs } = useLook()
  const { ellipsis } = glyphs
  const typed = promptSpans(editor, { room, ellipsis, fault })
  return <StyledText line={fitSpans([...label, ...typed, ...after], columns, ellipsis)} tones={theme.usual} />
}

interface TypedOptions {
  /** Columns that the text may take; of a longer one the part around the cursor is shown. */
  readonly room: number
  readonly ellipsis: string
  /** From this place of the text on it is marked as wrong. */
  readonly fault?: number | undefined
}

/** The typed text with a block where the cursor is. */
function promptSpans(
  { text, cursor }: LineEditor,
  { room, ellipsis, fault = text.length }: TypedOptions,
): StyledLine {
  const under = text.slice(cursor).match(/^./su)?.[0] ?? ' '
  const start = startOf(text, cursor, room)
  const tone = (at: number) => (at >= fault ? 'warning' : 'plain')
  const cut = (from: number, to: number): Span[] =>
    from >= to
      ? []
      : fault > from && fault < to
        ? [...cut(from, fault), ...cut(fault, to)]
        : [span(sanitize(text.slice(from, to)), tone(from))]
  return fitSpans(
    [
      ...(start > 0 ? [span(ellipsis, 'faint')] : []),
      ...cut(start, cursor),
      span(sanitize(under), 'cursor'),
      ...cut(cursor + under.length, text.length),
    ],
    room,
    ellipsis,
  )
}

/** Where the visible part begins. It moves by half a part, so that it stands still under most keys. */
function startOf(text: string, cursor: number, room: number): number {
  if (displayWidth(sanitize(text)) < room) return 0
  const half = Math.max(1, (room - 3) >> 1)
  const before = Math.floor(displayWidth(sanitize(text.slice(0, cursor))) / half) * half - half
  let index = 0
  let width = 0
  for (const character of text) {
    if (width >= before) break
    width += displayWidth(sanitize(character))
    index += character.length
  }
  return index
}
