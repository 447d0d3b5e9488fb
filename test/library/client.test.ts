import { describe, expect, test } from 'vitest'
import { createApi, createFeed, Failure } from '../../src/library/client.ts'
import { insight } from '../helpers/insights.ts'
import { startLogServer } from '../helpers/log-server.ts'
import { startScriptedServer } from '../helpers/scripted-server.ts'
import { publishOne, runServer } from '../helpers/server.ts'

const timing = { retry: 20, maxRetry: 60 }
const alerts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => insight({ alert_id: `a${from + n}` }))

describe('a loop over a feed', () => {
  test('gets each alert once, over a cut, and ends when the feed is closed', async () => {
    await using server = await startLogServer()
    server.publish(...alerts(1, 3))
    using feed = createFeed({ url: server.url, timing })
    const seen: string[] = []
    for await (const { insight: alert } of feed) {
      seen.push(alert.alert_id)
      if (seen.length === 3) {
        server.cut()
        server.publish(...alerts(4, 6))
      }
      if (seen.length === 6) feed.close()
    }
    expect(seen).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6'])
    expect(feed.state.status).toBe('stopped')
  })

  test('counts an alert as handled once its body has ended, and not where it threw', async () => {
    await using server = await startLogServer()
    server.publish(...alerts(1, 3))
    using feed = createFeed({ url: server.url, timing })
    const positions: (string | undefined)[] = []
    const work = async () => {
      for await (const { insight: alert } of feed) {
        positions.push(feed.position)
        if (alert.alert_id === 'a3') throw new Error('the sink is gone')
      }
    }
    await expect(work()).rejects.toThrow('the sink is gone')
    expect(positions).toEqual([undefined, 'log-1', 'log-2'])
    expect(feed.position).toBe('log-2')
    expect(feed.state.status).toBe('stopped')
    using next = createFeed({ url: server.url, lastEventId: feed.position, timing })
    for await (const event of next) {
      expect(event.insight.alert_id).toBe('a3')
      next.ack(event)
      break
    }
    expect(next.position).toBe('log-3')
  })

  test('holds the server back while its body takes long', async () => {
    await using server = await startLogServer()
    using feed = createFeed({ url: server.url, timing })
    const large = 'x'.repeat(8000)
    const { promise: go, resolve } = Promise.withResolvers<void>()
    let seen = 0
    const done = (async () => {
      for await (const _ of feed) {
        await go
        if (++seen === 3000) return
      }
    })()
    await expect.poll(() => server.open).toBe(1)
    server.publish(...alerts(1, 3000).map((one) => ({ ...one, explanation: large })))
    await expect.poll(() => server.unsent).toBeGreaterThan(1_000_000)
    resolve()
    await done
    expect(seen).toBe(3000)
  })

  test('throws where the feed is refused', async () => {
    await using server = await startScriptedServer({
      '/stream': (response) => void response.writeHead(403).end('{"error":"no"}'),
    })
    const loop = async () => {
      for await (const _ of createFeed({ url: server.url, timing }));
    }
    await expect(loop()).rejects.toThrow(Failure)
  })
})

test('nothing goes over the wire before somebody listens', async () => {
  await using server = await startLogServer()
  using feed = createFeed({ url: server.url, timing })
  expect(server.visits('/stream')).toHaveLength(0)
  const unsubscribe = feed.subscribe(() => {})
  await expect.poll(() => feed.state.status).toBe('live')
  unsubscribe()
})

test('a token function is asked at the start, and again on 401', async () => {
  await using server = await runServer({ token: 'second' })
  const given = ['first', 'second']
  const asked: string[] = []
  const token = () => {
    const next = given.shift() ?? 'second'
    asked.push(next)
    return Promise.resolve(next)
  }
  const api = createApi({ url: server.url, token })
  expect((await api.recent()).items).toEqual([])
  using feed = createFeed({ url: server.url, token, timing })
  feed.subscribe(() => {})
  await expect.poll(() => feed.state.status).toBe('live')
  expect(asked).toEqual(['first', 'second', 'second'])
})

test('REST reads, publishes and changes alerts', async () => {
  await using server = await runServer()
  const api = createApi({ url: server.url })
  const { items } = await api.publish([{ alert_id: 'a', entity_id: 'e', risk_score: 90 }])
  expect(items).toMatchObject([{ alert_id: 'a', result: 'created' }])
  expect((await api.get('a'))?.risk_score).toBe(90)
  expect(await api.get('b')).toBeUndefined()
  expect((await api.setStatus('a', { status: 'acknowledged', by: 'me' })).insight.status).toBe('acknowledged')
  expect((await api.recent({ limit: 1 })).items[0]?.acknowledged_by).toBe('me')
})

test('a gap is told, with what was recovered', async () => {
  await using server = await runServer()
  const gaps: unknown[] = []
  await publishOne(server, { alert_id: 'a' })
  using feed = createFeed({ url: server.url, lastEventId: 'gone-4', timing, onGap: (gap) => gaps.push(gap) })
  feed.subscribe(() => {})
  await expect.poll(() => gaps).toHaveLength(1)
  expect(gaps).toMatchObject([{ gap: 'foreign', unrecovered: 0 }])
})
