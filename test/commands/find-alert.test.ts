import { describe, expect, test } from 'vitest'
import { runGet } from '../../src/commands/get.ts'
import { runStatusChange } from '../../src/commands/shared/status-change.ts'
import { createTestIo } from '../helpers/command.ts'
import { insight } from '../helpers/insights.ts'
import { answerJson, startScriptedServer } from '../helpers/scripted-server.ts'
import { publishOne, runServer, type TestServer } from '../helpers/server.ts'

const ids = ['0199f5a2-aaaa', '0199f5a2-bbbb', '0199f5b3-cccc', '0199', 'zz']

async function start(): Promise<TestServer> {
  const server = await runServer()
  for (const alert_id of ids) await publishOne(server, { alert_id })
  return server
}

describe('an id that is typed', () => {
  test.each([
    ['0199f5b3', '0199f5b3-cccc'],
    ['0199f5a2-a', '0199f5a2-aaaa'],
    // Whole, although others begin with it.
    ['0199', '0199'],
  ])('%s is that of %s', async (typed, id) => {
    await using server = await start()
    const io = createTestIo()
    await runGet({ id: typed, url: server.url, json: true }, io)
    expect(JSON.parse(io.written.stdout)).toMatchObject({ alert_id: id })
    const change = { status: 'acknowledged', by: 'ann', note: 'on it', for: 7_200_000 } as const
    const told = createTestIo({ now: () => Date.parse('2030-01-01T00:00:00Z') })
    await runStatusChange({ ids: [typed], ...change, url: server.url }, told)
    expect(told.written.stdout).toBe(`acknowledged  ${id}\n`)
    expect(await server.memory.get(id)).toMatchObject({
      status: 'acknowledged',
      note: 'on it',
      acknowledged_until: '2030-01-01T02:00:00.000Z',
    })
  })

  test('that several begin with lists them, and changes none', async () => {
    await using server = await start()
    const message = 'several alerts begin with 0199f: 0199f5'
    await expect(runGet({ id: '0199f', url: server.url }, createTestIo())).rejects.toThrow(message)
    const change = { ids: ['0199f'], status: 'resolved', by: 'ann', url: server.url } as const
    await expect(runStatusChange(change, createTestIo())).rejects.toThrow(message)
    for (const id of ids) expect(await server.memory.get(id)).toMatchObject({ status: 'open' })
  })

  test.each(['019', 'zz*', '0199f5b3*', '019?f5b3', '0199F5B3', 'absent'])('%s is none', async (typed) => {
    await using server = await start()
    await expect(runGet({ id: typed, url: server.url }, createTestIo())).rejects.toThrow(
      `there is no insight ${typed}`,
    )
  })

  test('that comes from a program is taken as it is', async () => {
    await using server = await start()
    const io = createTestIo({ input: '0199f5b3\n' })
    const change = { ids: ['-'], status: 'resolved', by: 'ann', url: server.url } as const
    await expect(runStatusChange(change, io)).rejects.toThrow('1 of 1 could not be changed')
    expect(await server.memory.get('0199f5b3-cccc')).toMatchObject({ status: 'open' })
  })

  test('is never guessed at a server that knows no filters', async () => {
    const items = ['0199f5b3-cccc', 'other'].map((alert_id) => insight({ alert_id }))
    await using server = await startScriptedServer({
      '/insights/recent': (response) => answerJson(response, 200, { items }),
    })
    const change = { ids: ['0199f5b3'], status: 'resolved', by: 'ann', url: server.url } as const
    await expect(runStatusChange(change, createTestIo())).rejects.toThrow('404')
    expect(server.visits('/insights/0199f5b3-cccc')).toEqual([])
  })
})
