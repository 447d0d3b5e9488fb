import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/protocol/filter/filter.ts'
import { watchFeed } from '../../helpers/feed-watcher.ts'
import { insight } from '../../helpers/insights.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { startOldServer } from '../../helpers/old-server.ts'
import { answerJson, openStream, startScriptedServer } from '../../helpers/scripted-server.ts'
import { publishOne, runServer } from '../../helpers/server.ts'

const ids = (from: number, to: number, name = 'a') =>
  Array.from({ length: to - from + 1 }, (_, n) => `${name}${from + n}`)

const numbered = (from: number, to: number) => ids(from, to).map((alert_id) => insight({ alert_id }))

const beat = (n: number) => `event: beat\nid: b-${n}\ndata: {"time":"${new Date().toISOString()}"}\n\n`

async function publish(server: { readonly url: string }, alertIds: readonly string[], fields: object = {}) {
  for (const alert_id of alertIds) await publishOne(server, { alert_id, ...fields })
}

/** Ends a server and starts another one in its place, with another log that begins as it is told. */
async function replace(
  server: Awaited<ReturnType<typeof runServer>>,
  begin: (server: { readonly url: string }) => Promise<void>,
) {
  const port = Number(new URL(server.url).port)
  const store = new MemoryStore({ epoch: 'other' })
  const elsewhere = await runServer({ store })
  await begin(elsewhere)
  await elsewhere.close()
  await server.close()
  return runServer({ store, port })
}

describe('behind a position of another log', () => {
  test('what came since is read over REST, in its order, each alert once', async () => {
    const first = await runServer()
    await publish(first, ids(1, 3))
    await using watcher = watchFeed(first.url)
    await watcher.until(({ beats }) => beats)
    await using second = await replace(first, async (server) => {
      await publish(server, ids(1, 3), { explanation: 'as it was', timestamp: '2020-01-01T00:00:00Z' })
      await publish(server, ids(4, 27))
    })
    await watcher.until(
      ({ gaps, catchUp, status }) => gaps === 1 && status === 'live' && catchUp === undefined,
    )
    await publish(second, ['live'])
    await watcher.until(() => watcher.ids().includes('live'))
    expect(watcher.ids()).toEqual([...ids(1, 3), ...ids(4, 27), 'live'])
    expect(watcher.of('resumed')).toMatchObject([
      { gap: 'foreign', replayed: 0, recovered: 24, unrecovered: 0 },
    ])
    expect(watcher.of('insight').map(({ phase }) => phase)).toEqual([
      ...ids(1, 3).map(() => 'snapshot'),
      ...ids(4, 27).map(() => 'replay'),
      'live',
    ])
    expect(watcher.feed.state).toMatchObject({ gaps: 1, healed: 1, recovered: 24 })
  })

  test('a filter narrows what is read, too', async () => {
    const first = await runServer()
    await publish(first, ['first'])
    const filter = parseFilter('risk>=80')
    await using watcher = watchFeed(first.url, { filter })
    await watcher.until(({ beats }) => beats)
    await using _ = await replace(first, async (server) => {
      await publish(server, ids(1, 20))
      await publish(server, ids(21, 40), { risk_score: 90 })
    })
    watcher.feed.reconnect()
    await watcher.until(({ healed }) => healed === 1)
    expect(watcher.ids()).toEqual(ids(21, 40))
  })

  test('a change of what is known is taken, and what is unchanged is not shown again', async () => {
    const first = await runServer()
    const timestamp = new Date().toISOString()
    await publish(first, ids(1, 12), { timestamp })
    await using watcher = watchFeed(first.url, { limit: 12 })
    await watcher.until(({ beats }) => beats)
    await using _ = await replace(first, async (server) => {
      await publish(server, ids(1, 12), { timestamp })
      await publish(server, ['a1'], { timestamp, risk_score: 99 })
    })
    watcher.feed.reconnect()
    await watcher.until(({ healed }) => healed === 1)
    expect(watcher.ids()).toEqual([...ids(1, 12), 'a1'])
  })

  test('of what expired, what is left is recovered, and the rest is counted', async () => {
    const store = new MemoryStore()
    const before = await runServer({ store })
    const lastSeen = Date.now() - 60_000
    await publish(before, ids(1, 3), { timestamp: new Date(lastSeen - 1).toISOString() })
    await publish(before, ['a4', 'a5'])
    for (const risk_score of [60, 70]) await publish(before, ['a5'], { risk_score })
    await before.close()
    store.expiredUpTo = 6
    await using server = await runServer({ store })
    await using watcher = watchFeed(server.url, { lastEventId: 'test-3', lastSeenAt: lastSeen, lastSeen })
    await watcher.until(() => watcher.of('resumed').length === 1)
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'expired', recovered: 2, unrecovered: 2 }])
    expect(watcher.feed.state).toMatchObject({ gaps: 1, healed: 0 })
  })

  test('while REST does not answer, nothing is claimed, and the feed goes on', async () => {
    const frame = `id: b-1\ndata: ${JSON.stringify(insight({ alert_id: 'a1' }))}\n\n`
    await using server = await startScriptedServer({
      '/stream': (response) =>
        openStream(response, `event: reset\ndata: {"reason":"foreign"}\n\n${frame}${beat(1)}`),
      '/insights/recent': (response) => answerJson(response, 503, { error: 'the disk is gone' }),
    })
    await using watcher = watchFeed(server.url, { lastEventId: 'a-7', lastSeenAt: Date.now() })
    await watcher.until(({ delivered }) => delivered === 1)
    await watcher.until(() => watcher.of('resumed').length === 1)
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'foreign', recovered: 0, unrecovered: undefined }])
    expect(watcher.of('resumed')[0]?.fault).toContain('the disk is gone')
    expect(watcher.feed.state).toMatchObject({ gaps: 1, healed: 0, lastEventId: 'b-1' })
  })

  test('an event that comes while REST is read is delivered once, and after what is recovered', async () => {
    const alerts = [1, 2, 3].map((n) =>
      insight({ alert_id: `a${n}`, timestamp: new Date(Date.now() - 10_000 + n).toISOString() }),
    )
    const frame = (n: number) => `id: b-${n}\ndata: ${JSON.stringify(alerts[n - 1])}\n\n`
    await using server = await startScriptedServer({
      '/stream': (response) =>
        openStream(
          response,
          `event: reset\ndata: {"reason":"expired","missed":5}\n\n${frame(2)}${beat(2)}${frame(3)}`,
        ),
      '/insights/recent': (response) => answerJson(response, 200, { items: alerts.toReversed() }),
    })
    await using watcher = watchFeed(server.url, {
      lastEventId: 'b-0',
      lastSeenAt: Date.now() - 11_000,
    })
    await watcher.until(({ lastEventId }) => lastEventId === 'b-3')
    expect(watcher.ids()).toEqual(['a1', 'a2', 'a3'])
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'expired', recovered: 3, unrecovered: 2 }])
  })

  test('the position does not pass what is not recovered yet', async () => {
    let answer: (() => void) | undefined
    await using server = await startScriptedServer({
      '/stream': (response) => openStream(response, `event: reset\ndata: {"reason":"expired"}\n\n${beat(9)}`),
      '/insights/recent': (response) => {
        answer = () => answerJson(response, 200, { items: [] })
      },
    })
    await using watcher = watchFeed(server.url, { lastEventId: 'b-0', lastSeenAt: Date.now() })
    await expect.poll(() => answer).toBeDefined()
    expect(watcher.feed.state.lastEventId).toBeUndefined()
    answer?.()
    await watcher.until(({ lastEventId }) => lastEventId === 'b-9')
  })
})

describe('an older server without ids', () => {
  test('more news than a visit holds is read over REST', async () => {
    await using server = await startOldServer({ retry: 30 })
    server.publish(...numbered(1, 10))
    await using watcher = watchFeed(server.url)
    await watcher.until(({ delivered }) => delivered === 10)
    server.publish(...numbered(11, 44))
    await watcher.until(() => watcher.of('resumed').length === 1)
    expect(watcher.ids().toSorted()).toEqual(ids(1, 44).toSorted())
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'no-ids', recovered: 24, unrecovered: 0 }])
  })

  test('so is what came while the link was down', async () => {
    const first = await startOldServer({ retry: 30 })
    first.publish(...numbered(1, 5))
    await using watcher = watchFeed(first.url)
    await watcher.until(({ delivered, catchUp }) => delivered === 5 && catchUp === undefined)
    await first[Symbol.asyncDispose]()
    await watcher.until(({ status }) => status === 'retrying')
    await using second = await startOldServer({ retry: 30, port: first.port })
    second.publish(...numbered(1, 30))
    await watcher.until(() => watcher.of('resumed').length === 1)
    expect(watcher.ids().toSorted()).toEqual(ids(1, 30).toSorted())
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'no-ids', recovered: 15, unrecovered: 0 }])
  })

  test('what its filter lets through is all that comes', async () => {
    await using server = await startOldServer({ retry: 30 })
    const filter = parseFilter('risk>=80')
    server.publish(insight({ alert_id: 'high' }), insight({ alert_id: 'low', risk_score: 10 }))
    await using watcher = watchFeed(server.url, { filter })
    await watcher.until(({ delivered }) => delivered === 2)
    expect(watcher.ids()).toEqual(['high'])
  })

  test('where it has no REST side, that others may be missing is said', async () => {
    const visits = [numbered(1, 10), numbered(11, 20)]
    await using server = await startScriptedServer({
      '/stream': (response, _visit, nth) => {
        const alerts = visits[Math.min(nth, 2) - 1]!
        openStream(
          response,
          `retry: 30\n\n${alerts.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')}`,
        ).end()
      },
    })
    await using watcher = watchFeed(server.url)
    await watcher.until(() => watcher.of('resumed').length === 1)
    expect(watcher.of('resumed')).toMatchObject([{ gap: 'no-ids', recovered: 0, unrecovered: undefined }])
    expect(watcher.ids()).toEqual(ids(1, 20))
  })
})
