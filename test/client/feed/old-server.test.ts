import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { createApi } from '../../../src/client/api/api.ts'
import { createConnection } from '../../../src/client/connection.ts'
import { watchFeed } from '../../helpers/feed-watcher.ts'
import { insight } from '../../helpers/insights.ts'
import { startOldServer } from '../../helpers/old-server.ts'
import { openStream, startScriptedServer } from '../../helpers/scripted-server.ts'

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => insight({ alert_id: `a${from + n}` }))

test('a feed shows each alert once, visit after visit, and stays live between them', async () => {
  await using server = await startOldServer({ retry: 30 })
  server.publish(...numbered(1, 12))
  await using watcher = watchFeed(server.url)
  await watcher.until((state) => state.delivered === 10)
  expect(watcher.ids()).toEqual(['a12', 'a11', 'a10', 'a9', 'a8', 'a7', 'a6', 'a5', 'a4', 'a3'])
  expect(watcher.of('insight').every(({ phase }) => phase === 'snapshot')).toBe(true)
  expect(watcher.of('insight')[0]?.insight.timestamp).toBe('2026-11-23T14:22:07.120Z')

  await expect.poll(() => server.visits('/stream').length).toBeGreaterThanOrEqual(6)
  server.publish(...numbered(13, 14))
  const state = await watcher.until(({ delivered }) => delivered === 12)
  expect(
    watcher
      .of('insight')
      .slice(10)
      .map(({ insight, phase }) => [insight.alert_id, phase]),
  ).toEqual([
    ['a14', 'live'],
    ['a13', 'live'],
  ])
  expect(state).toMatchObject({ beats: false, lastEventId: undefined, gaps: 0, attempt: 0, replayed: 0 })
  expect(state.duplicates).toBeGreaterThanOrEqual(50)
  expect(watcher.of('resumed')).toEqual([])
  const statuses = watcher.of('state').map(({ state: { status } }) => status)
  expect(new Set(statuses.slice(statuses.indexOf('live')))).toEqual(new Set(['live']))
  expect(server.visits('/stream').every(({ headers }) => headers['last-event-id'] === undefined)).toBe(true)
})

test('visits stay at the pace that the server named, however many there are', async () => {
  await using server = await startOldServer({ retry: 40 })
  server.publish(...numbered(1, 3))
  await using watcher = watchFeed(server.url, { timing: { maxRetry: 10_000 } })
  await expect.poll(() => server.visits('/stream').length).toBeGreaterThanOrEqual(12)
  const waits = watcher.of('state').flatMap(({ state: { nextTryAt, status } }) => (nextTryAt ? [status] : []))
  expect(new Set(waits)).toEqual(new Set(['live']))
  expect(watcher.feed.state.attempt).toBe(0)
})

test('a lost link is a loss here too', async () => {
  const server = await startOldServer({ retry: 30 })
  server.publish(...numbered(1, 3))
  await using watcher = watchFeed(server.url)
  await watcher.until((state) => state.delivered === 3)
  await server[Symbol.asyncDispose]()
  const state = await watcher.until(({ attempt }) => attempt >= 2)
  expect(state.reason).toContain('ECONNREFUSED')
})

test('an open response that is silent is not cut off: without beats silence proves nothing', async () => {
  const open: ServerResponse[] = []
  await using server = await startScriptedServer({
    '/stream': (response) => {
      openStream(response, 'retry: 20\n\n')
      open.push(response)
    },
  })
  await using watcher = watchFeed(server.url, { timing: { beat: 10 } })
  await watcher.until((state) => state.lastByteAt !== undefined)
  const { promise, resolve } = Promise.withResolvers<void>()
  // Twenty times as long as a server with beats would be given.
  setTimeout(resolve, 500)
  await promise
  open[0]?.write(`data: ${JSON.stringify(insight({ alert_id: 'a' }))}\n\n`)
  await watcher.until((state) => state.delivered === 1)
  expect(server.visits('/stream')).toHaveLength(1)
})

test('the api reads what is there, and says what is not', async () => {
  await using server = await startOldServer()
  server.publish(insight({ alert_id: 'a/1 ü' }), insight({ alert_id: 'b', risk_score: 30 }))
  const api = createApi(createConnection({ url: `${server.url}/stream` }))
  const { items, nextToken } = await api.recent({ limit: 5 })
  expect(items.map(({ alert_id, timestamp, status }) => [alert_id, timestamp, status])).toEqual([
    ['b', '2026-11-23T14:22:07.120Z', 'open'],
    ['a/1 ü', '2026-11-23T14:22:07.120Z', 'open'],
  ])
  expect(nextToken).toBeUndefined()
  expect((await api.get('a/1 ü'))?.alert_id).toBe('a/1 ü')
  expect(await api.get('absent')).toBeUndefined()
  await expect(api.aggregations()).rejects.toThrow('gives no totals: it is an older server')
  await api.close()
})
