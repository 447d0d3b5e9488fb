/**
 * How many insights one server and eight acknowledge with the same 64 clients, through a network of 40 ms.
 * `tsx bench/dynamo/writers.ts [seconds] [round trip in ms]`, after a build.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { request, Agent } from 'node:http'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createTables, credentials, startDynoxide } from '../../test/helpers/dynamo.ts'

const [seconds = 15, roundTripMs = 40] = process.argv.slice(2).map(Number)
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

interface Program {
  readonly child: ChildProcess
  readonly lines: Interface
}

function start(args: readonly string[], output: 'stdout' | 'stderr'): Program {
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', output === 'stdout' ? 'pipe' : 'ignore', output === 'stderr' ? 'pipe' : 'inherit'],
    env: { ...process.env, ...credentials },
  })
  const stream = child[output]
  if (!stream) throw new Error('no output')
  return { child, lines: createInterface(stream) }
}

const line = async ({ lines }: Program, pattern: RegExp): Promise<string> => {
  for await (const text of lines) {
    const [, found] = pattern.exec(text) ?? []
    if (found !== undefined) return found
  }
  throw new Error('it ended')
}

async function serve(store: string): Promise<Program & { url: string }> {
  const program = start([path('../../bin/iops.js'), 'serve', '--port', '0', '--store', store], 'stderr')
  return { ...program, url: await line(program, /listening on (http:\S+)/) }
}

function post(url: string, agent: Agent, body: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const sent = request(`${url}/insights`, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', () => resolve(0))
    sent.end(body)
  })
}

async function measure(servers: number, clients: number) {
  const emulator = await startDynoxide()
  const tables = await createTables(emulator)
  const proxy = start(
    [path('delay-proxy.ts'), new URL(emulator.endpoint).port, String(roundTripMs)],
    'stdout',
  )
  const counts = proxy.lines[Symbol.asyncIterator]()
  const next = async () => Number((await counts.next()).value)
  const endpoint = `http://127.0.0.1:${await next()}`
  const store = tables.url('relay=off', endpoint)
  const nodes = await Promise.all(Array.from({ length: servers }, () => serve(store)))
  const requests = () => {
    proxy.child.stdin?.write('\n')
    return next()
  }
  const times: number[] = []
  const statuses = new Map<number, number>()
  const stop = new AbortController()
  let measuring = false
  const client = async (n: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const url = nodes[n % nodes.length]?.url ?? ''
    for (let at = 0; !stop.signal.aborted; at++) {
      const began = performance.now()
      const status = await post(
        url,
        agent,
        JSON.stringify({ alert_id: `c${n}-${at}`, entity_id: 'e', risk_score: 5 }),
      )
      if (!measuring) continue
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 201) times.push(performance.now() - began)
    }
    agent.destroy()
  }
  const working = Array.from({ length: clients }, (_, n) => client(n))
  await sleep(3000)
  const before = await requests()
  measuring = true
  const began = performance.now()
  await sleep(seconds * 1000)
  measuring = false
  const elapsed = (performance.now() - began) / 1000
  const sent = (await requests()) - before
  stop.abort()
  await Promise.all(working)
  if (process.env['VERBOSE'])
    for (const { url } of nodes) {
      const text = await (await fetch(`${url}/metrics`)).text()
      console.log(
        [...text.matchAll(/iops_store_events_total\{event="(\w+)"\} (\d+)/g)]
          .map(([, k, v]) => `${k}=${v}`)
          .join(' '),
      )
    }
  for (const { child } of [...nodes, proxy]) child.kill('SIGKILL')
  await emulator.stop()
  times.sort((a, b) => a - b)
  const quantile = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? 0)
  return {
    servers,
    clients,
    perSecond: Math.round(times.length / elapsed),
    requestsEach: Number((sent / times.length).toFixed(2)),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p95RoundTrips: Number((quantile(0.95) / roundTripMs).toFixed(1)),
    statuses: Object.fromEntries(statuses),
  }
}

const one = await measure(1, 64)
console.log(JSON.stringify(one))
const eight = await measure(8, 64)
console.log(JSON.stringify(eight))
console.log(`eight / one: ${(eight.perSecond / one.perSecond).toFixed(2)}`)
process.exit()
