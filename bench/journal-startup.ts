// How long a server is away when it starts over a journal of a million insights (or of `INSIGHTS`), against a bare
// read and JSON.parse of the same files. Each measurement is a process of its own; the two alternate.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { changes, type Measurement, median, openQuietly, temporaryDirectory } from './journal-fixture.ts'

const insights = Number(process.env['INSIGHTS'] ?? 1_000_000)
const count = insights.toLocaleString('en')
const rounds = 5

export async function measure(): Promise<Measurement[]> {
  const directory = await temporaryDirectory()
  try {
    const store = await openQuietly(directory)
    for (let from = 0; from < insights; from += 1000) await store.append(changes(from, 1000))
    await store.close()
    const pairs = Array.from({ length: rounds }, () => ({
      bare: inProcess('bare', directory),
      journal: inProcess('journal', directory),
    }))
    const value = median(pairs.map(({ journal }) => journal.ms))
    const peer = median(pairs.map(({ bare }) => bare.ms))
    const ratio = median(pairs.map(({ journal, bare }) => journal.ms / bare.ms))
    const first = pairs[0]!.journal
    return [
      {
        name: `start-up, ${count} insights`,
        value,
        peer,
        ratio,
        unit: 'ms',
        target: '≤ 1000',
      },
      { name: 'memory after it (RSS)', value: first.rss, unit: 'MB', target: '≤ 250' },
      { name: `recent, 50 of ${count}`, value: first.recent, unit: 'ms' },
      { name: `totals of ${count}`, value: first.totals, unit: 'ms' },
      { name: `totals of ${count}, filter on risk`, value: first.byRisk, unit: 'ms' },
      { name: `totals of ${count}, filter on words`, value: first.byWords, unit: 'ms' },
    ]
  } finally {
    await rm(directory, { recursive: true })
  }
}

interface Numbers {
  ms: number
  rss: number
  recent: number
  totals: number
  byRisk: number
  byWords: number
}

function inProcess(what: 'bare' | 'journal', directory: string): Numbers {
  const file = fileURLToPath(import.meta.url)
  const { stdout } = spawnSync(process.execPath, [...process.execArgv, file, what, directory], {
    encoding: 'utf8',
  })
  return JSON.parse(stdout) as Numbers
}

/** How long another process takes to read and parse the files of a journal, in milliseconds. */
export const parseInProcess = (directory: string): number => inProcess('bare', directory).ms

function parseBarely(directory: string): number {
  let parsed = 0
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.ndjson')) continue
    for (const line of readFileSync(join(directory, name), 'utf8').split('\n')) {
      if (line === '') continue
      JSON.parse(line)
      parsed++
    }
  }
  return parsed
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now()
  await work()
  return Math.round((performance.now() - start) * 100) / 100
}

async function once(what: string, directory: string): Promise<Partial<Numbers>> {
  if (what === 'bare') return { ms: await timed(() => parseBarely(directory)) }
  const { parseFilter } = await import('../src/protocol/filter/filter.ts')
  const start = performance.now()
  const store = await openQuietly(directory)
  const ms = Math.round(performance.now() - start)
  const rss = Math.round(process.memoryUsage.rss() / 1e6)
  await store.recent({ limit: 50 })
  const numbers = {
    ms,
    rss,
    recent: await timed(() => store.recent({ limit: 50 })),
    totals: await timed(() => store.aggregate({})),
    byRisk: await timed(() => store.aggregate({ filter: parseFilter('risk>=80') })),
    byWords: await timed(() => store.aggregate({ filter: parseFilter('"no such words"') })),
  }
  await store.close()
  return numbers
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [what, directory] = process.argv.slice(2)
  const result = what && directory ? await once(what, directory) : await measure()
  process.stdout.write(`${JSON.stringify(result, undefined, what ? 0 : 2)}\n`)
}
