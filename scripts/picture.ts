// Draws docs/dashboard.svg from a real screen: the dashboard, fed with a simulation whose seed and clock stand still,
// draws on a terminal emulator, and the emulator's cells become SVG. The same code gives the same picture.
//
//   npm run picture
//   npx tsx scripts/picture.ts --columns 80 --rows 24 --keys 'jj' --out /tmp/screen.svg --png /tmp/screen.png
//
// Keys are pressed one after the other; \r is Return. --png needs chromium.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { severityOf } from '../src/protocol/severity.ts'
import { completeInsight } from '../src/server/ingest/complete-insight.ts'
import { createSimulation } from '../src/simulation/simulation.ts'
import { DashboardTerminal, noon } from '../test/helpers/dashboard-terminal.ts'
import { screenToSvg } from './screen-to-svg.ts'

const { values } = parseArgs({
  options: {
    columns: { type: 'string', default: '132' },
    rows: { type: 'string', default: '32' },
    keys: { type: 'string', default: 'e' },
    seed: { type: 'string', default: '7' },
    out: { type: 'string', default: 'docs/dashboard.svg' },
    png: { type: 'string' },
  },
})

const minute = 60_000
const simulation = createSimulation({ seed: Number(values.seed), entities: 60 })
const insights = Array.from({ length: 260 }, (_, index) => {
  // Denser towards the end, so that the ages on the screen differ.
  const time = noon - 55 * minute * (1 - index / 260) ** 1.6 - 4000
  const input = simulation.next(Math.floor(time))
  return completeInsight(
    { ...input, alert_id: input.alert_id ?? '' },
    undefined,
    new Date(time).toISOString(),
  )
})
const latest = [...new Map(insights.map((insight) => [insight.alert_id, insight])).values()]
const count = (severity: string): number =>
  latest.filter(({ risk_score }) => severityOf(risk_score) === severity).length
const buckets = Array.from({ length: 60 }, (_, index) => {
  const start = noon - (60 - index) * minute
  const inside = latest.filter(({ timestamp }) => Math.floor((Date.parse(timestamp) - start) / minute) === 0)
  const critical = inside.filter(({ risk_score }) => severityOf(risk_score) === 'critical').length
  return { start: new Date(start).toISOString(), total: inside.length, critical }
})

const terminal = new DashboardTerminal({
  columns: Number(values.columns),
  rows: Number(values.rows),
  totals: {
    total: latest.length,
    critical: count('critical'),
    warning: count('warning'),
    info: count('info'),
    buckets,
  },
})
terminal.feed.become({
  status: 'live',
  connectedAt: noon,
  lastByteAt: noon,
  lastBeatAt: noon - 2000,
  lagMs: 40,
})
for (const insight of insights) terminal.feed.bring(insight, 'snapshot')
await terminal.until(/‼ \d/)
for (const key of values.keys.replaceAll(String.raw`\r`, '\r')) {
  terminal.press(key)
  await terminal.settled()
}
await terminal.settled()
const svg = screenToSvg(terminal.xterm)
await terminal.close()
writeFileSync(values.out, svg)
if (values.png !== undefined) screenshot(values.out, values.png)

function screenshot(from: string, to: string): void {
  const [, width = '800', height = '600'] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? []
  spawnSync('chromium', [
    '--headless',
    '--no-sandbox',
    '--hide-scrollbars',
    `--window-size=${Math.ceil(Number(width))},${Math.ceil(Number(height))}`,
    `--screenshot=${to}`,
    pathToFileURL(from).href,
  ])
}
