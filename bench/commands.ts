// npm run bench:commands -- [ROUNDS]: processor time of whole processes, as multiples of `node -e 0` in the same run.
// The commands take turns, so that what else the machine does weighs on all alike; the median counts.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { serve } from '../test/helpers/serve.ts'
import { temporary } from '../test/helpers/temporary.ts'

const rounds = Number(process.argv[2] ?? 15)
const binary = fileURLToPath(new URL('../bin/iops.js', import.meta.url))

interface Case {
  readonly argv: readonly string[]
  /** The multiple that it may take. */
  readonly bound?: number
}

const cases: readonly Case[] = [
  { argv: ['-e', '0'] },
  { argv: [binary, '--version'], bound: 1.4 },
  { argv: [binary, 'recent', '--json'], bound: 2.2 },
  { argv: [binary, 'get', 'bench-7', '--json'], bound: 2.2 },
  { argv: [binary, 'stats', '--json'], bound: 2.2 },
  { argv: [binary, 'publish', '--id', 'bench-1', '--entity', 'e', '--risk', '3'], bound: 2.2 },
  { argv: [binary, 'ack', 'bench-7'], bound: 2.2 },
  { argv: [binary, 'watch', '--json', '--count', '1'], bound: 3.5 },
]

/** User and system time in milliseconds, as the shell counts it for one child. */
function processorTime(argv: readonly string[], url: string): number {
  const script = 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null 2>&1; } 2>&1'
  const text = execFileSync('bash', ['-c', script, 'bash', process.execPath, ...argv], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', IOPS_URL: url },
  })
  return text
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0)
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

using directory = temporary()
await using server = await serve(directory.path)
const insights = Array.from({ length: 100 }, (_, index) => ({
  alert_id: `bench-${index}`,
  entity_id: `cust_${index}`,
  risk_score: index,
  prediction_type: 'churn_risk',
  explanation: 'three failed payments in a week, and no visit since',
}))
await fetch(`${server.url}/insights`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(insights),
})

const times = cases.map((): number[] => [])
for (let round = 0; round < rounds; round++)
  for (const [index, { argv }] of cases.entries()) times[index]?.push(processorTime(argv, server.url))

const floor = median(times[0] ?? [])
for (const [index, { argv, bound }] of cases.entries()) {
  const time = median(times[index] ?? [])
  const name = argv[0] === binary ? `iops ${argv.slice(1).join(' ')}` : `node ${argv.join(' ')}`
  const aim = bound === undefined ? '' : `, to be at most ${bound}`
  process.stdout.write(`${name}: ${time.toFixed(0)} ms, ${(time / floor).toFixed(2)} x${aim}\n`)
}
