import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ServerProcess } from '../../helpers/cluster.ts'
import { createTables, directItem, type Emulator, startDynoxide, type Tables } from '../../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'

let emulator: Emulator
let tables: Tables
const servers: ServerProcess[] = []
const proxies: FaultProxy[] = []
beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())
afterEach(async () => {
  for (const server of servers) server.resume()
  await Promise.all(servers.splice(0).map((server) => server.kill()))
  await Promise.all(proxies.splice(0).map((proxy) => proxy.stop()))
})

async function start(parameters: string): Promise<{ server: ServerProcess; proxy: FaultProxy }> {
  const proxy = await startFaultProxy(emulator.endpoint)
  const server = new ServerProcess(tables.url(parameters, proxy.endpoint))
  proxies.push(proxy)
  servers.push(server)
  await server.start()
  return { server, proxy }
}

/** Stops the process as its entry is on the way to the log: it wakes between its two writes. */
function stopAtNextEntry({ server, proxy }: Awaited<ReturnType<typeof start>>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  proxy.fault = ({ operation, table }) => {
    if (operation !== 'PutItem' || table !== tables.log) return undefined
    server.pause()
    proxy.fault = () => undefined
    resolve()
    return undefined
  }
  return promise
}

const send = async (url: string, method: string, path: string, body: object) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) })
  expect(response.ok).toBe(true)
  return (await response.json()) as { status: string }
}

const statusOf = async (url: string, id: string) =>
  ((await (await fetch(`${url}/insights/${id}`)).json()) as { status: string }).status

const position = async (url: string) => {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^iops_log_position (\d+)$/m.exec(metrics)?.[1])
}

test.each([1, 2])(
  'processes stopped between their writes (%i at once) undo nothing when they go on',
  async (count) => {
    tables = await createTables(emulator)
    const awake = await start('poll=100ms&sweep=100ms')
    const { url } = awake.server
    await tables.putDirectly(directItem('theirs', new Date().toISOString(), { ttl: 4_000_000_000 }))
    await send(url, 'POST', '/insights', { alert_id: 'own', entity_id: 'e', risk_score: 50 })
    await vi.waitFor(async () => expect(await position(url)).toBe(2), 20_000)
    const sleepers: { id: string; server: ServerProcess; answer: Promise<{ status: string }> }[] = []
    for (const id of ['own', 'theirs'].slice(0, count)) {
      const sleeper = await start('poll=100ms&relay=off')
      const stopped = stopAtNextEntry(sleeper)
      const answer = send(sleeper.server.url, 'PATCH', `/insights/${id}`, {
        status: 'acknowledged',
        by: 'ann',
      })
      await stopped
      sleepers.push({ id, server: sleeper.server, answer })
      // Its entry is in the log, and seen by the other.
      await vi.waitFor(async () => expect(await position(url)).toBe(2 + sleepers.length), 20_000)
    }
    for (const { id } of sleepers) {
      expect((await send(url, 'PATCH', `/insights/${id}`, { status: 'open' })).status).toBe('open')
    }
    await send(url, 'POST', '/insights', { alert_id: 'last', entity_id: 'e', risk_score: 50 })
    const end = await position(url)
    for (const { server } of sleepers) server.resume()
    for (const { answer } of sleepers) expect((await answer).status).toBe('acknowledged')
    // The relay has been over the table when it has found what comes last.
    await tables.putDirectly(directItem('marker', '1999-01-01T00:00:00Z'))
    await vi.waitFor(async () => expect(await position(url)).toBe(end + 1), 20_000)
    for (const { id } of sleepers) expect(await statusOf(url, id)).toBe('open')
  },
)
