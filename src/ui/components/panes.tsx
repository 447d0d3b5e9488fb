import { Box } from 'ink'
import { textOf } from '../model/line.ts'
import type { Pane } from '../model/view.ts'
import { displayWidth } from '../text-width.ts'
import type { Theme } from '../theme.ts'
import { ScreenLine } from './screen-line.tsx'

interface PanesProps {
  readonly panes: readonly Pane[]
  readonly height: number
  readonly theme: Theme
}

/**
 * Columns of lines side by side, as high as the screen leaves them. Each row of the screen is one
 * text: Ink measures some scripts otherwise than terminals do, and must not place what stands beside.
 */
export function Panes({ panes, height, theme }: PanesProps) {
  return (
    <Box flexDirection="column" height={height}>
      {Array.from({ length: height }, (_, y) => (
        // A line is its place on the screen: rows move through them.
        // oxlint-disable-next-line react/no-array-index-key
        <ScreenLine key={y} text={rowOf(panes, y, theme)} />
      ))}
    </Box>
  )
}

function rowOf(panes: readonly Pane[], y: number, theme: Theme): string {
  let row = ''
  let gap = 0
  for (const { width, lines } of panes) {
    const line = lines[y]
    if (line) row += ' '.repeat(gap) + theme(line)
    gap = (line ? 0 : gap) + width - (line ? displayWidth(textOf(line)) : 0)
  }
  return row
}
