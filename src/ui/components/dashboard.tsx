import { Box, Text } from 'ink'
import type { BodyView, View } from '../model/view/view.ts'
import { span } from '../model/view/line.ts'
import { AlertList } from './alert-list.tsx'
import { Detail } from './detail.tsx'
import { FootLine } from './foot-line.tsx'
import { Header } from './header.tsx'
import { Help } from './help.tsx'
import { useLook } from './look.ts'
import { StyledText } from './text/styled-text.tsx'
import { TotalsLine } from './totals-line.tsx'

interface DashboardProps {
  readonly view: View
}

/** The whole screen: two lines at the top, one at the foot, and the list, the detail or the help between them. */
export function Dashboard({ view }: DashboardProps) {
  const { columns, rows } = view
  if (view.kind === 'small')
    return (
      <Box flexDirection="column" width={columns} height={rows} justifyContent="space-between">
        <Text wrap="truncate">{view.lines.slice(0, -1).join('\n') || ' '}</Text>
        <Text wrap="truncate">{view.lines.at(-1)}</Text>
      </Box>
    )
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header header={view.header} columns={columns} />
      <TotalsLine totals={view.totals} columns={columns} />
      <Box height={rows - 3}>
        <Body body={view.body} columns={columns} />
      </Box>
      <FootLine foot={view.foot} columns={columns} />
    </Box>
  )
}

/** What stands between the lines at the top and the one at the foot. */
export function Body({ body, columns }: { readonly body: BodyView; readonly columns: number }) {
  switch (body.kind) {
    case 'list':
      return (
        <>
          <AlertList list={body.list} />
          {body.detail && <Detail detail={body.detail} />}
        </>
      )
    case 'detail':
      return <Detail detail={body.detail} />
    case 'help':
      return <Help help={body.help} columns={columns} />
    case 'command':
      return <Command lines={body.lines} />
    default:
      return body satisfies never
  }
}

/** The command that prints what the list shows, to be copied. */
function Command({ lines }: { readonly lines: readonly string[] }) {
  const { theme } = useLook()
  return (
    <Box flexDirection="column" paddingTop={1}>
      <StyledText line={[span(' the command that prints this view', 'faint')]} tones={theme.usual} />
      <Box flexDirection="column" paddingTop={1} paddingLeft={2}>
        {lines.map((line) => (
          <Text key={line} wrap="truncate">
            {line}
          </Text>
        ))}
      </Box>
    </Box>
  )
}
