import { Box } from 'ink'
import { span } from '../model/view/line.ts'
import type { ListView, RuleView } from '../model/view/list-view.ts'
import { AlertRow, HeadRow } from './alert-row.tsx'
import { GapRow, Rule } from './gap-row.tsx'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'

interface AlertListProps {
  readonly list: ListView
}

/** The visible rows under their heads, what stands instead of rows or below the last, and the notice at the foot. */
export function AlertList({ list }: AlertListProps) {
  const { theme, glyphs } = useLook()
  const { columns, isStale, rows, empty, end, notice } = list
  const { width } = columns
  const joined = (parts: readonly string[]) => parts.join(` ${glyphs.dot} `)
  const rule = ({ parts, tone }: RuleView) => <Rule text={joined(parts)} tone={tone} width={width} />
  return (
    <Box flexDirection="column" width={width}>
      <HeadRow columns={columns} timeHead={list.timeHead} isStale={isStale} />
      <Box flexDirection="column" flexGrow={1}>
        {rows.map((row) =>
          row.kind === 'gap' ? (
            <GapRow
              key={row.key}
              text={joined(row.parts)}
              isLoss={row.isLoss}
              width={width}
              isStale={isStale}
            />
          ) : (
            <AlertRow
              key={row.key}
              row={row.row}
              status={row.status}
              when={row.when}
              isMarked={row.isMarked}
              isSelected={row.isSelected}
              columns={columns}
              isStale={isStale}
            />
          ),
        )}
        {empty.length > 0 && <StyledText line={[]} tones={theme.usual} />}
        {empty.map((text) => (
          <StyledText key={text} line={[span(`   ${text}`, 'faint')]} tones={theme.usual} width={width} />
        ))}
        {end && rule(end)}
      </Box>
      {notice && rule(notice)}
    </Box>
  )
}
