import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { watchFeed } from '../../helpers/feed-watcher.ts'
import { insight } from '../../helpers/insights.ts'
import { startOldServer } from '../../helpers/old-server.ts'
import { openStream, startScriptedServer } from '../../helpers/scripted-server.ts'

const minuteAgo = () => new Date(Date.now() - 60_000).toISOString()
const event = (id: number, timestamp: string) =>
  `id: log-${id}\ndata: ${JSON.stringify(insight({ alert_id: `a${id}`, timestamp }))}\n\n`
const beat = (id: number) => `event: beat\nid: log-${id}\ndata: {"time":"${new Date().toISOString()}"}\n\n`

const foreignEvent = (id: string) => `id: ${id}\ndata: ${JSON.stringify(insight({ alert_id: id }))}\n\n`

/** Each connection is held, for the test to write to. */
async function held() {
  const responses: ServerResponse[] = []
  const server = await startScriptedServer({
    '/stream': (response) => void responses.push(openStream(response, 'retry: 20\n\n')),
  })
  return { server, responses, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('until the first beat of a connection it says what came, and how far that reaches', async () => {
  await using own = await held()
  await using watcher = watchFeed(own.server.url)
  await watcher.until(({ status }) => status === 'live')
  expect(watcher.feed.state.catchUp).toEqual({ phase: 'snapshot', received: 0, reached: undefined })
  const first = minuteAgo()
  own.responses[0]?.write(event(1, first))
  await watcher.until(({ delivered }) => delivered === 1)
  expect(watcher.feed.state.catchUp).toEqual({ phase: 'snapshot', received: 1, reached: Date.parse(first) })
  own.responses[0]?.write(beat(1))
  await watcher.until(({ catchUp }) => catchUp === undefined)
  expect(watcher.of('state').at(-1)?.state).toMatchObject({ status: 'live', catchUp: undefined })
})

test('a later connection catches up anew: the beat and the lag of the one before are gone', async () => {
  await using own = await held()
  await using watcher = watchFeed(own.server.url)
  await watcher.until(({ status }) => status === 'live')
  own.responses[0]?.write(beat(0) + event(1, new Date().toISOString()))
  await watcher.until(({ lagMs }) => lagMs !== undefined)
  own.responses[0]?.end()
  await watcher.until(({ status }) => status === 'retrying')
  expect(watcher.feed.state).toMatchObject({ lagMs: undefined, catchUp: undefined })
  await watcher.until(({ status }) => status === 'live')
  const reached = minuteAgo()
  own.responses[1]?.write(event(2, '2026-01-01T00:00:00.000Z') + event(3, reached))
  await watcher.until(({ delivered }) => delivered === 3)
  expect(watcher.feed.state).toMatchObject({
    catchUp: { phase: 'replay', received: 2, reached: Date.parse(reached) },
    lastBeatAt: undefined,
    lagMs: undefined,
  })
  expect(
    watcher
      .of('insight')
      .slice(1)
      .map(({ phase }) => phase),
  ).toEqual(['replay', 'replay'])
})

test('where ids are given, silence in the middle of a replay is not its end', async () => {
  await using own = await held()
  await using watcher = watchFeed(own.server.url, {
    lastEventId: 'log-0',
    timing: { quiet: 20, beat: 600 },
  })
  await watcher.until(({ status }) => status === 'live')
  own.responses[0]?.write(event(1, minuteAgo()))
  await watcher.until(({ delivered }) => delivered === 1)
  const before = Date.now()
  await watcher.until(({ catchUp }) => catchUp === undefined)
  // A server that never beats is taken to have caught up only after more than a beat.
  expect(Date.now() - before).toBeGreaterThan(600)
})

test('an alert from a clock that is ahead does not say that the replay is over', async () => {
  await using own = await held()
  await using watcher = watchFeed(own.server.url)
  await watcher.until(({ status }) => status === 'live')
  const reached = minuteAgo()
  own.responses[0]?.write(event(1, reached) + event(2, new Date(Date.now() + 3_600_000).toISOString()))
  await watcher.until(({ delivered }) => delivered === 2)
  expect(watcher.feed.state.catchUp).toMatchObject({ received: 2, reached: Date.parse(reached) })
})

test('a server without beats has caught up when it is quiet, and its later visits are no catching up', async () => {
  await using old = await startOldServer({ retry: 20 })
  old.publish(insight({ alert_id: 'a' }))
  await using watcher = watchFeed(old.url)
  await watcher.until(({ catchUp, delivered }) => catchUp === undefined && delivered === 1)
  const visits = () => old.visits('/stream').length
  const from = visits()
  await expect.poll(visits).toBeGreaterThan(from + 2)
  const later = watcher.of('state').slice(-4)
  expect(later.map(({ state }) => [state.status, state.catchUp])).toEqual(
    later.map(() => ['live', undefined]),
  )
})

test('a server that answers, and says nothing, is live after a moment', async () => {
  await using server = await startScriptedServer({ '/stream': (response) => void openStream(response) })
  await using watcher = watchFeed(server.url)
  await watcher.until(({ status, catchUp }) => status === 'live' && catchUp === undefined)
})

test('a server with ids of its own that never beats is not cut off for its silence', async () => {
  const responses: ServerResponse[] = []
  await using server = await startScriptedServer({
    '/stream': (response) => void responses.push(openStream(response, `retry: 20\n\n${foreignEvent('17')}`)),
  })
  await using watcher = watchFeed(server.url, { timing: { beat: 10 } })
  await watcher.until(({ delivered }) => delivered === 1)
  // Forty times as long as a server with beats would be given.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  responses[0]?.write(foreignEvent('18'))
  await watcher.until(({ delivered }) => delivered === 2)
  expect(server.visits('/stream')).toHaveLength(1)
})
