// What a change costs on the way to the terminal, in bytes and in processor time: Ink's tree with our writer behind it
// against Ink's own ways to draw, with the same tree and the same script. `direct` is the floor: the frames that the first
// way drew, handed to the writer without Ink. Run it: npm run bench:screen. Writes bench/SCREEN.md.
import { writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { render } from 'ink'
import type { Insight } from '../src/protocol/insight/insight.ts'
import { glyphsFor } from '../src/text/glyphs.ts'
import { ConnectedDashboard } from '../src/ui/components/connected-dashboard.tsx'
import { createTheme } from '../src/ui/components/theme.ts'
import { Screen } from '../src/ui/screen/screen.ts'
import { DashboardStore } from '../src/ui/session/dashboard-store.ts'
import { insight } from '../test/helpers/insights.ts'
import { ScriptedFeed } from '../test/helpers/scripted-feed.ts'
import { TestTerminal } from '../test/helpers/terminal.ts'

const ways = ['ours', 'direct', 'Ink, incrementalRendering', 'Ink, default'] as const
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

const look = { theme: createTheme(1), glyphs: glyphsFor(false), ascii: false }

/** Bytes, and milliseconds of processor time. */
interface Cost {
  readonly bytes: number
  readonly cpu: number
}

/** The frames that Ink drew, by what they show. */
type Frames = Map<string, readonly string[]>

const keyOf = (store: DashboardStore): string => JSON.stringify(store.view())

/** Hands each frame on, and keeps it for the way without Ink. */
function recording(screen: Screen, store: DashboardStore, frames: Frames): NodeJS.WriteStream {
  const { stdout } = screen
  const write = stdout.write.bind(stdout) as (chunk: string, done?: () => void) => boolean
  stdout.write = ((chunk: string, done?: () => void) => {
    if (chunk !== '' && !chunk.startsWith('\x1b[?')) frames.set(keyOf(store), chunk.split('\n'))
    return write(chunk, done)
  }) as typeof stdout.write
  return stdout
}

async function measure(way: Way, columns: number, rows: number, frames: Frames): Promise<Cost[]> {
  const terminal = new TestTerminal({ columns, rows })
  const feed = new ScriptedFeed()
  let now = noon
  const store = new DashboardStore({
    state: { columns, rows, now, feed: feed.state, filter: '' },
    view: { url: 'http://ops:4677', ascii: false, glyphs: glyphsFor(false), greeting: undefined },
    command: () => '',
    now: () => now,
    feed: () => feed.state,
    onEffect() {},
  })
  feed.subscribe((event) => store.take(event))
  const isOurs = way === 'ours' || way === 'direct'
  const screen = isOurs ? new Screen(terminal.stdout, { input: terminal.stdin }) : undefined
  screen?.enter()
  const stop =
    screen && way === 'direct'
      ? drawDirectly(store, screen, frames)
      : drawWithInk(way, store, screen, terminal, frames)
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
    'a key that moves': () => (way === 'direct' ? store.key('j') : terminal.press('j')),
    'a key that opens the detail': () => (way === 'direct' ? store.key('return') : terminal.press('\r')),
  }
  const press = (key: string) => (way === 'direct' ? store.key(key) : terminal.press(key))
  const costs: Cost[] = []
  for (const step of steps) {
    const opens = step === 'a key that opens the detail'
    press('G')
    if (step === 'a key that moves') press('j')
    await settle()
    terminal.resetCount()
    const times = opens ? 1 : repeats
    const before = process.cpuUsage()
    for (let time = 0; time < times; time++) {
      acts[step]()
      await settle()
    }
    const { user, system } = process.cpuUsage(before)
    costs.push({ bytes: Math.round(terminal.bytes / times), cpu: (user + system) / 1000 / times })
  }
  stop()
  screen?.close()
  terminal.xterm.dispose()
  return costs
}

/** The dashboard as it is: Ink's tree, with the writer behind it or without. Returns what ends it. */
function drawWithInk(
  way: Way,
  store: DashboardStore,
  screen: Screen | undefined,
  terminal: TestTerminal,
  frames: Frames,
): () => void {
  const stdin = screen ? screen.stdin : (terminal.stdin as unknown as NodeJS.ReadStream)
  const stdout = screen
    ? recording(screen, store, frames)
    : (terminal.stdout as unknown as NodeJS.WriteStream)
  const own = screen
    ? { debug: true }
    : { alternateScreen: true, incrementalRendering: way === 'Ink, incrementalRendering' }
  const tree = <ConnectedDashboard store={store} look={look} bind={nowhere} />
  const instance = render(tree, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    ...own,
  })
  return () => instance.unmount()
}

/** The same frames without React and Ink. */
function drawDirectly(store: DashboardStore, screen: Screen, frames: Frames): () => void {
  const draw = () => {
    const frame = frames.get(keyOf(store))
    if (frame) screen.draw(frame)
  }
  draw()
  return store.subscribe(draw)
}

/** How it compares to ours. */
const against = (value: number, first: number) => `(${(value / Math.max(0.1, first)).toFixed(1)} ×)`

const sections: string[] = []
for (const [columns, rows] of [
  [80, 24],
  [140, 40],
] as const) {
  const frames: Frames = new Map()
  const measured: Cost[][] = []
  for (const way of ways) measured.push(await measure(way, columns, rows, frames))
  const [ours = []] = measured
  const table = (title: string, cell: (cost: Cost, first: Cost) => string) => {
    const lines = steps.map((step, at) => {
      const cells = measured.map((costs) => cell(costs[at]!, ours[at]!))
      return `| ${step} | ${cells.join(' | ')} |`
    })
    return [`| ${title} | ${ways.join(' | ')} |`, '|---|---|---|---|---|', ...lines].join('\n')
  }
  sections.push(
    [
      `## ${columns}×${rows}`,
      table('bytes for', ({ bytes }, first) => `${bytes} ${against(bytes, first.bytes)}`),
      table('ms of processor time for', ({ cpu }, first) => `${cpu.toFixed(1)} ${against(cpu, first.cpu)}`),
    ].join('\n\n'),
  )
}
const report = `# What a change costs on its way to the terminal

In bytes and in processor time, on average, with the same tree and the same script; in brackets against ours. \`direct\` draws the same
frames without Ink: the floor. The time includes the emulator that takes the bytes in. Written by \`npm run bench:screen\`.

${sections.join('\n\n')}
`
writeFileSync(new URL('SCREEN.md', import.meta.url), report)
process.stdout.write(report)
process.exit(0)
