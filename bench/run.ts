// Measures what the README claims, against nchan, the floor and a bare Hono app, in alternation:
// `npm run bench`, or `npm run bench -- --quick` for a short look. Writes bench/RESULTS.md.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { join } from 'node:path'
import { version } from '../src/version.ts'
import {
  compile,
  hasNchan,
  load,
  type Peer,
  scratch,
  startBareHono,
  startFloor,
  startIops,
  startNchan,
} from './programs.ts'

const quick = process.argv.includes('--quick')
const rounds = quick ? 1 : 3
const seconds = quick ? 2 : 5
const many = quick ? 2000 : 10_000
const directory = scratch()
mkdirSync(directory, { recursive: true })

type Figures = Record<string, number>
const rows: string[] = []
let journals = 0
const newJournal = () => startIops(join(directory, `journal-${journals++}`))

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const figure = (runs: Figures[], name: string) => median(runs.map((run) => Number(run[name])))

/** Every contender once a round, each on a server of its own. */
async function alternate(
  contenders: Readonly<Record<string, () => Promise<Peer>>>,
  measure: (peer: Peer, name: string) => Promise<Figures>,
): Promise<Record<string, Figures[]>> {
  const results: Record<string, Figures[]> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, start] of Object.entries(contenders)) {
      const peer = await start()
      try {
        ;(results[name] ??= []).push(await measure(peer, name))
      } finally {
        await peer.stop()
      }
    }
  return results
}

function row(claim: string, reach: string, values: string): void {
  rows.push(`| ${claim} | ${reach} | ${values} |`)
  process.stdout.write(`${claim}: ${values} (${reach})\n`)
}

const [loader, floor, poster] = ['load', 'floor', 'post'].map((name) => compile(name, directory)) as [
  string,
  string,
  string,
]
const publisher = (name: string) =>
  name === 'iops' ? ['--pub-path', '/insights', '--insight'] : ['--pub-path', '/publish']
function fanOut(peer: Peer, name: string, connections: number): Promise<Figures> {
  const where = ['--url', `127.0.0.1:${peer.port}/stream`, '--conns', String(connections)]
  const pace = [
    '--rate',
    '100',
    '--seconds',
    String(seconds),
    '--verify',
    '--json',
    '--pid',
    String(peer.pid),
  ]
  return load(loader, [...where, ...pace, ...publisher(name)])
}
const crowd = {
  iops: newJournal,
  ...(hasNchan() && { nchan: () => startNchan(join(directory, `nchan-${journals++}`)) }),
  floor: () => startFloor(floor),
}
const ratio = (runs: Record<string, Figures[]>, name: string) =>
  runs.nchan
    ? (figure(runs.iops ?? [], name) / figure(runs.nchan, name)).toFixed(2)
    : 'nchan is not installed'
const each = (runs: Record<string, Figures[]>, name: string, digits = 2) =>
  Object.entries(runs)
    .map(([who, figures]) => `${who} ${figure(figures, name).toFixed(digits)}`)
    .join(', ')
const verified = (runs: Figures[] = []) =>
  runs.every((run) => Boolean(run.verified)) ? 'every event once and in order' : 'NOT VERIFIED'

try {
  const thousand = await alternate(crowd, (peer, name) => fanOut(peer, name, 1000))
  row(
    '1000 × 100/s, CPU per delivery',
    '≤ 0.85 × nchan',
    `${ratio(thousand, 'cpu_per_M')} × (${each(thousand, 'cpu_per_M')} s per million); ${verified(thousand.iops)}`,
  )
  row(
    '1000 × 100/s, p50 from POST to receipt',
    '≤ 1.5 × nchan',
    `${ratio(thousand, 'p50_ms')} × (${each(thousand, 'p50_ms')} ms)`,
  )
  const masses = await alternate(crowd, (peer, name) => fanOut(peer, name, many))
  row(
    `${many} × 100/s, deliveries/s`,
    '≥ 6 × nchan',
    `${ratio(masses, 'per_s')} × (${each(masses, 'per_s', 0)}); ${verified(masses.iops)}`,
  )
  row(`${many} × 100/s, p99`, '< 400 ms', `${each(masses, 'p99_ms', 0)} ms`)
  row('RSS per idle connection', '< nchan', `${each(masses, 'kb_per_conn')} kB`)
  const posts = await alternate({ iops: newJournal, 'bare Hono': startBareHono }, (peer) =>
    load(poster, [`127.0.0.1:${peer.port}/insights`, '64', String(seconds), '1']),
  )
  const share = figure(posts.iops ?? [], 'per_s') / figure(posts['bare Hono'] ?? [], 'per_s')
  row(
    '64 connections POST single insights',
    '≥ 0.6 × bare Hono',
    `${share.toFixed(2)} × (${each(posts, 'per_s', 0)} per s)`,
  )
  const batches = await alternate({ iops: newJournal }, (peer) =>
    load(poster, [`127.0.0.1:${peer.port}/insights`, '1', String(seconds), '1000']),
  )
  row('POST of 1000 insights', '≥ 60,000 insights/s', `${each(batches, 'items_per_s', 0)} per s`)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

writeFileSync(
  new URL('RESULTS.md', import.meta.url),
  `# Results

${new Date().toISOString().slice(0, 10)}, iops ${version}, Node ${process.version}, Linux ${release()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}.
Server on one core, load on another; ${rounds} alternating rounds of ${seconds} s, medians${quick ? ' (a quick run)' : ''}. The journal syncs every event to disk.

| what | reach | measured |
|---|---|---|
${rows.join('\n')}
`,
)
