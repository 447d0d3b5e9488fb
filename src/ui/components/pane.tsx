import { Box } from 'ink'
import type { Pane as PaneView } from '../model/view.ts'
import type { Theme } from '../theme.ts'
import { ScreenLine } from './screen-line.tsx'

interface PaneProps {
  readonly pane: PaneView
  readonly height: number
  readonly theme: Theme
}

/** A column of lines, as high as the screen leaves it. */
export function Pane({ pane, height, theme }: PaneProps) {
  return (
    <Box flexDirection="column" width={pane.width} height={height} overflow="hidden">
      {pane.lines.map((line, index) => (
        // A line is its place on the screen: rows move through them.
        // oxlint-disable-next-line react/no-array-index-key
        <ScreenLine key={index} text={theme(line)} />
      ))}
    </Box>
  )
}
