import { setTimeout as sleep } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import { ServerProcess, WanderingReader } from './cluster.ts'
import { createTables, directItem, type Emulator } from './dynamo.ts'

interface Options {
  readonly readers: number
  /** How many servers are killed and started again; the writers go on until that is done. */
  readonly kills: number
  /** How many versions have to be written at least, however slow the machine is. */
  readonly versions: number
  readonly killEveryMs: number
}

/**
 * Three servers over one table; writers through all of them and straight into the table; readers
 * that move to another server at every reconnect; servers killed without a warning and started
 * again. Expects that every reader got every acknowledged version once, all in one order.
 */
export async function surviveChaos(emulator: Emulator, options: Options): Promise<Record<string, number>> {
  const tables = await createTables(emulator)
  const servers = [1, 2, 3].map(() => new ServerProcess(tables.url('poll=250ms&sweep=500ms')))
  await Promise.all(servers.map((server) => server.start()))
  const acknowledged = new Set<string>()
  const readers: WanderingReader[] = []
  try {
    const start = await firstPosition(servers[0]?.url ?? '')
    for (let n = 0; n < options.readers; n++) readers.push(new WanderingReader(servers, start, n))
    let kills = 0
    const working = () => kills < options.kills || acknowledged.size < options.versions
    const killing = async () => {
      for (; kills < options.kills; kills++) {
        await sleep(options.killEveryMs * (0.5 + Math.random()))
        await restart(servers[kills % servers.length])
      }
    }
    await Promise.all([
      killing(),
      ...[0, 1, 2, 3].map((n) => publisher(n, servers, working, acknowledged)),
      ...[0, 1].map((n) => directWriter(n, tables.putDirectly, working, acknowledged)),
    ])
    await vi.waitFor(
      () => {
        for (const reader of readers) {
          const keys = new Set(reader.received.map(keyOf))
          expect([...acknowledged].filter((key) => !keys.has(key)).length).toBe(0)
        }
      },
      { timeout: 40_000, interval: 200 },
    )
    const metrics = await (await fetch(`${servers[0]?.url}/metrics`)).text()
    expect(metrics).toContain('iops_store_events_total')
    await Promise.all(readers.map((reader) => reader.stop()))
    const [first] = readers
    const length = Math.min(...readers.map(({ received }) => received.length))
    for (const reader of readers) {
      expect(reader.resets).toEqual([])
      const keys = reader.received.map(keyOf)
      expect(new Set(keys).size).toBe(keys.length)
      expect(reader.received.slice(0, length)).toEqual(first?.received.slice(0, length))
    }
    return {
      acknowledged: acknowledged.size,
      received: length,
      connections: readers.reduce((sum, { connections }) => sum + connections, 0),
      kills,
    }
  } finally {
    await Promise.all(readers.map((reader) => reader.stop()))
    await Promise.all(servers.map((server) => server.kill()))
  }
}

const keyOf = ({ json }: { json: string }): string => {
  const { alert_id, explanation } = JSON.parse(json) as { alert_id: string; explanation: string }
  return `${alert_id} ${explanation}`
}

/** The log's beginning. */
async function firstPosition(url: string): Promise<string> {
  const response = await fetch(`${url}/stream?limit=0`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { value = '', done } = (await reader?.read()) ?? { done: true }
    text += value
    const [, epoch] = /^id: (\w+)-\d+$/m.exec(text) ?? []
    if (epoch === undefined && !done) continue
    await reader?.cancel()
    return `${epoch}-0`
  }
}

async function restart(server: ServerProcess | undefined): Promise<void> {
  await server?.kill()
  await sleep(200)
  await server?.start()
}

const time = (offset: number) => new Date(Date.now() + offset).toISOString()

/** Times as no one should write them. */
function adversarialTime(n: number): string {
  const forms = [
    () => time(0),
    () => time(0).slice(0, -1),
    () => `${time(0).slice(0, -1)}456`,
    () => '2026-11-05T10:11:12',
    () => time(7_200_000),
    () => time(-7_200_000).slice(0, 19),
    () => time(-40 * 86_400_000),
    () => `${time(0).slice(0, -1)}+05:30`,
  ]
  return forms[n % forms.length]?.() ?? time(0)
}

/** Publishes, and publishes again elsewhere until somebody says that it is done. */
async function publisher(
  writer: number,
  servers: readonly ServerProcess[],
  working: () => boolean,
  acknowledged: Set<string>,
): Promise<number> {
  for (let n = 0; working(); n++) {
    const batch = Array.from({ length: 1 + (n % 4) }, (_, k) => ({
      // Every third batch changes alerts of the one before.
      alert_id: `w${writer}-${n % 3 === 2 ? n - 1 : n}-${k}`,
      entity_id: 'cust_1',
      timestamp: adversarialTime(n + k),
      risk_score: (n * 7) % 100,
      explanation: `version ${n}`,
    }))
    const body = JSON.stringify(batch)
    for (let at = n + writer; ; at++) {
      const url = servers[at % servers.length]?.url
      const status = url ? await post(`${url}/insights`, body) : 0
      if (status === 201) break
      if (status >= 400 && status < 500) throw new Error(`refused with ${status}: ${body}`)
      await sleep(20)
    }
    for (const { alert_id, explanation } of batch) acknowledged.add(`${alert_id} ${explanation}`)
    await sleep(Math.random() * 60)
  }
  return 0
}

async function post(url: string, body: string): Promise<number> {
  try {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) })
    await response.text()
    return response.status
  } catch {
    return 0
  }
}

async function directWriter(
  writer: number,
  putDirectly: (item: Record<string, unknown>) => Promise<void>,
  working: () => boolean,
  acknowledged: Set<string>,
): Promise<number> {
  for (let n = 0; working(); n++) {
    const alertId = `d${writer}-${n}`
    const explanation = `direct ${n}`
    await putDirectly(directItem(alertId, adversarialTime(n), { explanation }))
    acknowledged.add(`${alertId} ${explanation}`)
    await sleep(Math.random() * 60)
  }
  return 0
}
