import { Box } from 'ink'
import { displayWidth, padEnd, truncate } from '../../text/width.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import type { HelpLine, HelpView } from '../model/view/help-view.ts'
import { type StyledLine, span } from '../model/view/line.ts'
import { MoreLine } from './detail.tsx'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'

interface HelpProps {
  readonly help: HelpView
  readonly columns: number
}

/** All keys in their groups, or those that a search found. */
export function Help({ help, columns }: HelpProps) {
  const { theme, glyphs } = useLook()
  const width = help.columns.length > 1 ? columns >> 1 : columns
  const isEmpty = help.columns.every((lines) => lines.length === 0)
  return (
    <Box flexDirection="column" width={columns}>
      {isEmpty && <StyledText line={[span(' no key does that', 'faint')]} tones={theme.usual} />}
      <Box>
        {help.columns.map((lines, column) => (
          // oxlint-disable-next-line react/no-array-index-key
          <Box key={column} flexDirection="column" width={width}>
            {lines.map((line, index) => (
              // oxlint-disable-next-line react/no-array-index-key
              <StyledText key={index} line={helpLine(line, width, glyphs)} tones={theme.usual} />
            ))}
          </Box>
        ))}
      </Box>
      {help.more > 0 && (
        <Box paddingLeft={1}>
          <MoreLine count={help.more} moreKey={help.moreKey} />
        </Box>
      )}
    </Box>
  )
}

function helpLine(line: HelpLine, width: number, { times, ellipsis }: Glyphs): StyledLine {
  switch (line.kind) {
    case 'blank':
      return []
    case 'group':
      return [span(` ${line.text}`, 'accent')]
    case 'key': {
      const names = padEnd(line.names, 9)
      const room = Math.max(8, width - displayWidth(names) - 3)
      return [span(`  ${names}`, 'strong'), span(truncate(line.text.replaceAll('×', times), room, ellipsis))]
    }
    default:
      return line satisfies never
  }
}
