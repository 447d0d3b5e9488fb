import { Box } from 'ink'
import { counted } from '../../text/format.ts'
import type { DetailView } from '../model/view/detail-view.ts'
import { span } from '../model/view/line.ts'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'

interface DetailProps {
  readonly detail: DetailView
}

/** Everything about one alert, as far as it is scrolled to. */
export function Detail({ detail }: DetailProps) {
  const { theme } = useLook()
  const { width, margin, lines, more, moreKey } = detail
  return (
    <Box flexDirection="column" width={width} paddingLeft={margin}>
      {lines.map((line, index) => (
        <StyledText
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          line={line}
          tones={theme.usual}
          width={width - margin}
        />
      ))}
      {more > 0 && <MoreLine count={more} moreKey={moreKey} />}
    </Box>
  )
}

/** `… 12 lines more · PgDn` */
export function MoreLine({ count, moreKey }: { readonly count: number; readonly moreKey: string }) {
  const { theme, glyphs } = useLook()
  const text = `${glyphs.ellipsis} ${counted(count, 'line')} more ${glyphs.dot} ${moreKey}`
  return <StyledText line={[span(text, 'faint')]} tones={theme.usual} />
}
