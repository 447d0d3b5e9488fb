// Measures what the README claims, against nchan, the floor and a bare Hono app, in alternation:
// `npm run bench`, or `npm run bench -- SCENE…` for some scenes, `--quick` for a short look.
// Writes bench/RESULTS.md; the rows of scenes that were left out stay as they are.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { version } from '../src/version.ts'
import type { Bench, Row, Scene } from './measure.ts'
import { hasNchan, nchanVersion, scratch } from './programs.ts'
import { fanOut } from './scenes/fan-out.ts'
import { filtered } from './scenes/filtered.ts'
import { ingest } from './scenes/ingest.ts'
import { lambdaStart } from './scenes/lambda-start.ts'
import { restart } from './scenes/restart.ts'
import { resume } from './scenes/resume.ts'
import { stalled } from './scenes/stalled.ts'
import { startUp } from './scenes/start-up.ts'

const scenes: Readonly<Record<string, Scene>> = {
  'fan-out': fanOut,
  filtered,
  stalled,
  resume,
  restart,
  ingest,
  'start-up': startUp,
  'lambda-start': lambdaStart,
}
const results = new URL('RESULTS.md', import.meta.url)

const quick = process.argv.includes('--quick')
const bench: Bench = { quick, rounds: quick ? 1 : 3, seconds: quick ? 2 : 5 }
const asked = process.argv.slice(2).filter((argument) => argument !== '--quick')
const unknown = asked.find((name) => !(name in scenes))
if (unknown !== undefined)
  throw new Error(`there is no scene ${unknown}: choose from ${Object.keys(scenes).join(', ')}`)

const today = new Date().toISOString().slice(0, 10)
const rows = new Map(readRows())
mkdirSync(scratch(), { recursive: true })
try {
  for (const [name, scene] of Object.entries(scenes)) {
    if (asked.length > 0 && !asked.includes(name)) continue
    for (const row of await scene(bench)) {
      rows.delete(row.what)
      rows.set(
        row.what,
        `| ${row.what} | ${row.reach} | ${row.measured} | ${today}${quick ? ', quick' : ''} |`,
      )
      process.stdout.write(`${describe(row)}\n`)
    }
  }
} finally {
  rmSync(scratch(), { recursive: true, force: true })
}

writeFileSync(
  results,
  `# Results

iops ${version}, Node ${process.version}, ${hasNchan() ? nchanVersion() : 'no nchan'}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}.
Server on one core, load on another; ${bench.rounds} alternating rounds of ${bench.seconds} s (10,000 connections: 10 s), medians. The journal syncs every event to disk.

| what | reach | measured | on |
|---|---|---|---|
${[...rows.values()].join('\n')}
`,
)

function describe({ what, reach, measured }: Row): string {
  return `${what}: ${measured} (${reach})`
}

/** The table's lines by what they tell. */
function readRows(): [string, string][] {
  if (!existsSync(results)) return []
  const lines = readFileSync(results, 'utf8').split('\n')
  return lines
    .filter((line) => /^\| .* \| \d{4}-\d\d-\d\d[^|]* \|$/.test(line))
    .map((line) => [line.split(' | ')[0]?.slice(2) ?? '', line])
}
