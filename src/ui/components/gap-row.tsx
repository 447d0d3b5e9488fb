import { memo } from 'react'
import { displayWidth, truncate } from '../../text/width.ts'
import { span, type Tone } from '../model/view/line.ts'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'

interface RuleProps {
  /** Set apart by dots. */
  readonly text: string
  readonly tone: Tone
  readonly width: number
  readonly isStale?: boolean
}

/** A rule across the list with text in it: ` ── link down … ─────`. */
export const Rule = memo(function Rule({ text, tone, width, isStale = false }: RuleProps) {
  const { theme, glyphs } = useLook()
  const { rule, ellipsis } = glyphs
  const start = ` ${rule.repeat(2)} ${truncate(text, Math.max(0, width - 8), ellipsis)} `
  const rest = rule.repeat(Math.max(0, width - displayWidth(start) - 1))
  return (
    <StyledText line={[span(start, tone), span(rest, 'faint')]} tones={isStale ? theme.faded : theme.usual} />
  )
})

interface GapRowProps {
  readonly text: string
  readonly isLoss: boolean
  readonly width: number
  readonly isStale: boolean
}

/** Where the link was down: ` ── link down 14:21:40–14:21:52 · 37 replayed · 0 lost ──`. */
export const GapRow = ({ isLoss, ...rule }: GapRowProps) => (
  <Rule tone={isLoss ? 'warning' : 'faint'} {...rule} />
)
