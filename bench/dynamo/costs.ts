/**
 * What a deployment on DynamoDB costs: measures the units that an insight, an idle server, a watched one, a
 * viewer and a restart consume, on an emulator, and writes the tables into docs/scaling.md.
 * `tsx bench/dynamo/costs.ts`
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openDynamo } from '../../src/server/stores/dynamo/dynamo.ts'
import type { Store } from '../../src/server/stores/store.ts'
import { createTables, startDynoxide } from '../../test/helpers/dynamo.ts'
import { insight } from '../../test/helpers/insights.ts'

const page = fileURLToPath(new URL('../../docs/scaling.md', import.meta.url))
const secondsOfMonth = 2_628_000
/** On demand in us-east-1, dollars a unit. */
const price = { read: 0.125 / 1e6, write: 0.625 / 1e6 }
const writing = new Set(['PutItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'])

const spent = { read: 0, write: 0 }
const spend = (operation: string, units: number) => {
  spent[writing.has(operation) ? 'write' : 'read'] += units
}

/** What is consumed while `work` runs, for each of `times`. */
async function measured(times: number, work: () => Promise<unknown>) {
  const before = { ...spent }
  await work()
  return { read: (spent.read - before.read) / times, write: (spent.write - before.write) / times }
}

const emulator = await startDynoxide()
const tables = await createTables(emulator)
const open = () => openDynamo(tables.url('relay=off'), { logger: () => {}, spend })
let time = Date.now() - 6_000_000
/** A second apart. */
const create = (alertId: string) => {
  const timestamp = new Date((time += 1000)).toISOString()
  const made = insight({ alert_id: alertId, timestamp, explanation: 'x'.repeat(300) })
  return { alertId, apply: () => made }
}
/** Follows the log, as a server does, until the signal aborts. */
async function follow(store: Store, signal: AbortSignal, isWatched: boolean): Promise<void> {
  const batches = store.read(await store.head(), { signal, isWatched: () => isWatched })
  for await (const batch of batches) if ('reset' in batch) return
}

let store = await open()
await store.append([create('first')])
// Without its own looks at the log, which are measured below.
const looks = await measured(20, () => sleep(20_000))
const alone = await measured(200, async () => {
  for (let n = 0; n < 200; n++) await store.append([create(`a${n}`)])
})
const inBatches = await measured(5000, async () => {
  for (let n = 0; n < 50; n++)
    await store.append(Array.from({ length: 100 }, (_, at) => create(`b${n}-${at}`)))
})
const stop = new AbortController()
const following = follow(store, stop.signal, true)
const watched = await measured(20, () => sleep(20_000))
await store.aggregate({})
const viewer = await measured(100, async () => {
  for (let n = 0; n < 100; n++)
    await store.aggregate({ since: new Date(Date.now() - 3_600_000).toISOString() })
})
const recent = await measured(20, async () => {
  for (let n = 0; n < 20; n++) await store.recent({ limit: 50 })
})
stop.abort()
await following
await store.close()
const restart = await measured(1, async () => {
  store = await open()
  await store.snapshot({ limit: 10 })
})
await store.close()
await emulator.stop()

const units = ({ read, write }: typeof spent) => `${read.toFixed(2)} | ${write.toFixed(2)}`
const dollars = ({ read, write }: typeof spent) => read * price.read + write * price.write
/** Above ten a second they come together: a batch of what a round trip of 10 ms gathers is between the two. */
const insightCost = (rate: number) => dollars(rate > 10 ? inBatches : alone)
const month = (rate: number, nodes: number, viewers: number): string => {
  const looking = dollars(viewers > 0 ? watched : looks) * nodes
  return `$${((insightCost(rate) * rate + looking) * secondsOfMonth).toFixed(2)}`
}
const rates = [1, 100, 1000]
const clusters = [1, 3, 20].flatMap((nodes) => [0, 10, 1000].map((viewers) => ({ nodes, viewers })))
const text = [
  '| what | read units | write units |',
  '|---|---|---|',
  `| an insight of 0.5 KB, alone | ${units(alone)} |`,
  `| the same, in batches of 100 | ${units(inBatches)} |`,
  `| a server's look at the log, a second, nobody watching | ${units(looks)} |`,
  `| the same, with any number of viewers | ${units(watched)} |`,
  `| totals of a viewer (the filter's first one reads its range) | ${units(viewer)} |`,
  `| a page of 50 | ${units(recent)} |`,
  `| a restart without a relay | ${units(restart)} |`,
  '',
  'Dollars a month, without the relay, storage and traffic:',
  '',
  `| servers | viewers | ${rates.map((rate) => `${rate}/s`).join(' | ')} |`,
  `|---|---|${rates.map(() => '---|').join('')}`,
  ...clusters.map(
    ({ nodes, viewers }) =>
      `| ${nodes} | ${viewers} | ${rates.map((rate) => month(rate, nodes, viewers)).join(' | ')} |`,
  ),
].join('\n')
const [start, end] = ['<!-- measured by bench/dynamo/costs.ts -->', '<!-- end -->']
const whole = readFileSync(page, 'utf8')
const [before = '', rest = ''] = whole.split(start)
const [, after = ''] = rest.split(end)
writeFileSync(page, `${before}${start}\n\n${text}\n\n${end}${after}`)
process.stdout.write(`${text}\n`)
