import { Text } from 'ink'
import { memo } from 'react'
import type { StyledLine, Span, Tone } from '../../model/view/line.ts'
import { fitSpans } from './cells.ts'
import { useLook } from '../look.ts'
import type { Tones } from '../theme.ts'

interface StyledTextProps {
  readonly line: StyledLine
  readonly tones: Tones
  /** Columns to cut it to, where it may be wider. */
  readonly width?: number
}

/**
 * One line as one text. A text inside a text for each tone would look the same, and be joined, checked and measured again
 * for every frame.
 */
export const StyledText = memo(function StyledText({ line, tones, width }: StyledTextProps) {
  const { glyphs } = useLook()
  const spans = width === undefined ? line : fitSpans(line, width, glyphs.ellipsis)
  return <Text wrap="truncate">{styled(spans, tones)}</Text>
})

/** Neighbours of one tone share its sequences. An empty text would have no height. */
function styled(spans: readonly Span[], tones: Tones): string {
  let text = ''
  let run = ''
  let tone: Tone = 'plain'
  const flush = () => {
    // A blank shows no style, except where the cursor is.
    text += run.trim() === '' && tone !== 'cursor' ? run : tones[tone](run)
    run = ''
  }
  for (const span of spans) {
    if (span.tone !== tone || span.link !== undefined) flush()
    tone = span.tone
    run += span.text
    if (span.link === undefined) continue
    text += `\x1b]8;;${span.link}\x1b\\${tones[tone](run)}\x1b]8;;\x1b\\`
    run = ''
  }
  flush()
  return text === '' ? ' ' : text
}
