// What a change costs on the way to the terminal, in bytes: our writer against Ink's own ways to draw, with the same
// rows and the same script. Run it: npm run bench:screen. Writes bench/SCREEN.md.
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Box, render, Text } from 'ink'
import { useSyncExternalStore } from 'react'
import type { Insight } from '../src/protocol/insight/insight.ts'
import { Dashboard } from '../src/ui/components/dashboard.tsx'
import { DashboardStore } from '../src/ui/dashboard-store.ts'
import { frameOf } from '../src/ui/frame.ts'
import { glyphsFor } from '../src/text/glyphs.ts'
import { Screen } from '../src/ui/screen/screen.ts'
import { createTheme } from '../src/ui/theme.ts'
import { insight } from '../test/helpers/insights.ts'
import { ScriptedFeed } from '../test/helpers/scripted-feed.ts'
import { TestTerminal } from '../test/helpers/terminal.ts'

const ways = ['ours', 'Ink, incrementalRendering', 'Ink, default'] as const
type Way = (typeof ways)[number]
const steps = ['a new row', 'a clock tick', 'a key that moves', 'a key that opens the detail'] as const
const repeats = 10
const nowhere = () => {}

const noon = Date.parse('2026-11-23T12:00:00.000Z')
/** Longer than any of the ways holds a frame back. */
const settle = () => sleep(120)

const alert = (index: number): Insight =>
  insight({
    alert_id: `a${index}`,
    entity_id: `cust_${String((index * 7919) % 100_000).padStart(6, '0')}`,
    risk_score: (index * 37) % 100,
    timestamp: new Date(noon - (300 - index) * 3_600_000).toISOString(),
    explanation: `${(index * 31) % 100} % probability of something in the next ${index} days`,
    recommendations: ['call within the day', 'offer another tutor'],
  })

const theme = createTheme(1)

/** The same rows, drawn by Ink. */
function InkFrame({ store }: { readonly store: DashboardStore }) {
  const view = useSyncExternalStore(store.subscribe, store.view)
  return (
    <Box flexDirection="column" width={view.columns} height={view.rows}>
      {frameOf(view, theme).map((row, y) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Text key={y} wrap="truncate">
          {row || ' '}
        </Text>
      ))}
    </Box>
  )
}

async function measure(way: Way, columns: number, rows: number): Promise<number[]> {
  const terminal = new TestTerminal({ columns, rows })
  const feed = new ScriptedFeed()
  let now = noon
  const store = new DashboardStore({
    state: { columns, rows, now, feed: feed.state, filter: '' },
    view: { url: 'http://ops:4677', ascii: false, glyphs: glyphsFor(false), greeting: undefined },
    keys: { command: () => '' },
    now: () => now,
    feed: () => feed.state,
    onEffect() {},
  })
  feed.subscribe((event) => store.take(event))
  const screen = way === 'ours' ? new Screen(terminal.stdout, { input: terminal.stdin }) : undefined
  screen?.enter()
  const stdin = screen ? screen.stdin : (terminal.stdin as unknown as NodeJS.ReadStream)
  const stdout = screen ? screen.stdout : (terminal.stdout as unknown as NodeJS.WriteStream)
  const own = screen
    ? { debug: true }
    : { alternateScreen: true, incrementalRendering: way === 'Ink, incrementalRendering' }
  const tree = (
    <>
      <Dashboard store={store} theme={theme} draw={screen?.draw ?? nowhere} bind={nowhere} />
      {screen ? null : <InkFrame store={store} />}
    </>
  )
  const instance = render(tree, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    ...own,
  })
  feed.become({ status: 'live', lastBeatAt: now, lastByteAt: now })
  for (let index = 0; index < 100; index++) feed.bring(alert(index), 'snapshot', now)
  await settle()
  let index = 100
  const acts: Record<(typeof steps)[number], () => void> = {
    'a new row': () => {
      feed.bring(alert(index++), 'live', now)
      store.tick()
    },
    'a clock tick': () => {
      now += 1000
      store.tick()
    },
    'a key that moves': () => terminal.press('j'),
    'a key that opens the detail': () => terminal.press('\r'),
  }
  const costs: number[] = []
  for (const step of steps) {
    const opens = step === 'a key that opens the detail'
    terminal.press('G')
    if (step === 'a key that moves') terminal.press('j')
    await settle()
    terminal.resetCount()
    const times = opens ? 1 : repeats
    for (let time = 0; time < times; time++) {
      acts[step]()
      await settle()
    }
    costs.push(Math.round(terminal.bytes / times))
  }
  instance.unmount()
  screen?.close()
  terminal.xterm.dispose()
  return costs
}

const sections: string[] = []
for (const [columns, rows] of [
  [80, 24],
  [140, 40],
] as const) {
  const measured: number[][] = []
  for (const way of ways) measured.push(await measure(way, columns, rows))
  const [ours = []] = measured
  const lines = steps.map((step, at) => {
    const cells = measured.map((costs, way) =>
      way === 0
        ? `${costs[at]}`
        : `${costs[at]} (${((costs[at] ?? 0) / Math.max(1, ours[at] ?? 1)).toFixed(1)} ×)`,
    )
    return `| ${step} | ${cells.join(' | ')} |`
  })
  sections.push(
    [`## ${columns}×${rows}`, '', `| bytes for | ${ways.join(' | ')} |`, '|---|---|---|---|', ...lines].join(
      '\n',
    ),
  )
}
const words = `# Bytes on the terminal

What a change costs on its way to the terminal, in bytes on average, with the same rows and the same script; in brackets against ours.
Written by \`npm run bench:screen\`.

${sections.join('\n\n')}
`
writeFileSync(new URL('SCREEN.md', import.meta.url), words)
process.stdout.write(words)
process.exit(0)
