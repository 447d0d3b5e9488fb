import { describe, expect, test } from 'vitest'
import { createConnection } from '../../../src/client/connection.ts'
import { createFeed } from '../../../src/client/feed/feed.ts'
import { watchFeed } from '../../helpers/feed-watcher.ts'
import { insight } from '../../helpers/insights.ts'
import { startLogServer } from '../../helpers/log-server.ts'

const alerts = (...ids: string[]) => ids.map((alert_id) => insight({ alert_id }))

describe('a feed on a server with ids', () => {
  test('tells snapshot, replay and live apart, and delivers each once', async () => {
    await using server = await startLogServer({ snapshot: 2 })
    server.publish(...alerts('a', 'b', 'c'))
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    server.publish(...alerts('d'))
    await watcher.until((state) => state.delivered === 3)
    server.cut()
    server.publish(...alerts('e', 'f'))
    await watcher.until((state) => state.delivered === 5 && state.status === 'live')
    server.publish(...alerts('g'))
    const state = await watcher.until(({ delivered }) => delivered === 6)

    expect(watcher.of('insight').map(({ insight, phase, id }) => [insight.alert_id, phase, id])).toEqual([
      ['b', 'snapshot', 'log-2'],
      ['c', 'snapshot', 'log-3'],
      ['d', 'live', 'log-4'],
      ['e', 'replay', 'log-5'],
      ['f', 'replay', 'log-6'],
      ['g', 'live', 'log-7'],
    ])
    expect(state).toMatchObject({ replayed: 2, duplicates: 0, gaps: 0, lastEventId: 'log-7', attempt: 0 })
    expect(watcher.of('resumed')).toMatchObject([{ replayed: 2, gap: undefined }])
    expect(server.visits('/stream')[1]?.headers['last-event-id']).toBe('log-4')
  })

  test('has a position before its first insight, from the beat', async () => {
    await using server = await startLogServer()
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    server.cut()
    server.publish(...alerts('missed'))
    await watcher.until((state) => state.delivered === 1)
    expect(watcher.of('insight')[0]?.phase).toBe('replay')
  })

  test('makes a reset a visible gap, and shows nothing of the snapshot twice', async () => {
    await using server = await startLogServer()
    server.publish(...alerts('a', 'b'))
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    server.startOver('other')
    server.publish(...alerts('b', 'z'))
    server.cut()
    const state = await watcher.until(({ gaps, delivered }) => gaps === 1 && delivered >= 3)
    await watcher.until(() => watcher.of('resumed').length === 1)
    expect(watcher.ids()).toEqual(['a', 'b', 'z'])
    expect(state.lastEventId).toBe('other-2')
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'foreign', replayed: 0 }])
    expect(watcher.of('insight').at(-1)?.phase).toBe('snapshot')
  })

  test('comes back after a clean end too', async () => {
    await using server = await startLogServer()
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    server.end()
    await watcher.until((state) => state.status === 'retrying')
    expect(watcher.feed.state).toMatchObject({ attempt: 1, reason: 'the server ended the stream' })
    server.publish(...alerts('a'))
    await watcher.until((state) => state.delivered === 1 && state.attempt === 0)
  })

  test('starts from a position that an earlier run left', async () => {
    await using server = await startLogServer()
    server.publish(...alerts('a', 'b', 'c'))
    await using watcher = watchFeed(server.url, { lastEventId: 'log-1', lastSeenAt: 1000 })
    await watcher.until((state) => state.beats)
    expect(watcher.ids()).toEqual(['b', 'c'])
    expect(watcher.of('resumed')).toMatchObject([{ downAt: 1000, replayed: 2, gap: undefined }])
  })

  test("knows the server's clock and the way from event to screen", async () => {
    const ahead = 60_000
    await using server = await startLogServer({ clock: () => new Date(Date.now() + ahead) })
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    const { skewMs = 0 } = watcher.feed.state
    expect(Math.abs(skewMs - ahead)).toBeLessThan(5000)
    const stamped = new Date(Date.now() + ahead - 2000).toISOString()
    server.publish(insight({ alert_id: 'a', timestamp: stamped }))
    const { lagMs = 0 } = await watcher.until((state) => state.lagMs !== undefined)
    expect(lagMs).toBeGreaterThan(1000)
    expect(lagMs).toBeLessThan(7000)
  })

  test('what somebody does to an old alert says nothing about the way', async () => {
    await using server = await startLogServer({ snapshot: 1 })
    const old = { timestamp: '2026-01-01T00:00:00.000Z' }
    const now = new Date().toISOString()
    server.publish(insight({ alert_id: 'unseen', ...old }), insight({ alert_id: 'a', ...old }))
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    server.publish(
      insight({ alert_id: 'unseen', ...old, status: 'acknowledged', acknowledged_at: now }),
      insight({ alert_id: 'a', ...old, status: 'resolved', resolved_at: now }),
      insight({ alert_id: 'a', ...old, status: 'open', explanation: 'again' }),
    )
    const { lagMs } = await watcher.until((state) => state.delivered === 4)
    expect(lagMs).toBeLessThan(60_000)
  })

  test('sends filter and limit along with the query of the URL', async () => {
    await using server = await startLogServer()
    const url = `${server.url}/stream?key=1`
    await using watcher = watchFeed(url, { filter: 'severity>=warning', limit: 3 })
    await watcher.until((state) => state.beats)
    expect(Object.fromEntries(server.visits('/stream')[0]?.url.searchParams ?? [])).toEqual({
      key: '1',
      filter: 'severity>=warning',
      limit: '3',
    })
  })

  test('a listener that throws does not stop the others, nor the feed', async () => {
    await using server = await startLogServer()
    await using watcher = watchFeed(server.url)
    const thrown: unknown[] = []
    const report = (error: unknown) => thrown.push(error)
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', report)
    try {
      watcher.feed.subscribe((event) => {
        if (event.type === 'insight') throw new Error('a bug')
      })
      let heard = 0
      watcher.feed.subscribe((event) => void (event.type === 'insight' && heard++))
      server.publish(...alerts('a', 'b'))
      await expect.poll(() => thrown.length).toBe(2)
      expect(heard).toBe(2)
    } finally {
      process.off('uncaughtException', report)
      for (const other of others) process.on('uncaughtException', other)
    }
  })

  test('closed by a listener, it stands where that listener was', async () => {
    await using server = await startLogServer()
    server.publish(...alerts('a', 'b', 'c'))
    const connection = createConnection({ url: server.url })
    const feed = createFeed({ connection })
    const seen: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    feed.subscribe((event) => {
      if (event.type === 'insight' && seen.push(event.insight.alert_id) === 2) feed.close()
      if (event.type === 'state' && event.state.status === 'stopped') resolve()
    })
    feed.start()
    await promise
    await expect.poll(() => server.open).toBe(0)
    expect(seen).toEqual(['a', 'b'])
    expect(feed.state.lastEventId).toBe('log-2')
    await connection.close()
  })

  test('does nothing before its start and nothing after its close', async () => {
    await using server = await startLogServer()
    await using watcher = watchFeed(server.url)
    await watcher.until((state) => state.beats)
    watcher.feed.close()
    expect(watcher.feed.state).toMatchObject({ status: 'stopped', failure: undefined, nextTryAt: undefined })
    const seen = watcher.events.length
    watcher.feed.reconnect()
    watcher.feed.start()
    server.publish(...alerts('a'))
    await expect.poll(() => server.open).toBe(0)
    expect(watcher.events.length).toBe(seen)
    expect(server.visits('/stream')).toHaveLength(1)
  })
})
