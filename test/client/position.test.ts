import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Absence, absenceWords, onReturn } from '../../src/client/feed/absence.ts'
import { createConnection } from '../../src/client/connection.ts'
import { createFeed } from '../../src/client/feed/feed.ts'
import { createPositionStore } from '../../src/client/position.ts'
import { watchFeed } from '../helpers/feed-watcher.ts'
import { insight } from '../helpers/insights.ts'
import { startLogServer } from '../helpers/log-server.ts'

let home: string
beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'iops-position-'))))
afterEach(() => rm(home, { recursive: true, force: true }))

const storeFor = (streamUrl: string, filter?: string) =>
  createPositionStore({ streamUrl, filter, env: { XDG_STATE_HOME: home }, pace: 1 })

test('the next run continues where the last one stopped, and tells what it missed', async () => {
  await using server = await startLogServer()
  server.publish(insight({ alert_id: 'a' }), insight({ alert_id: 'b' }))
  const store = storeFor(`${server.url}/stream`)
  expect(await store.load()).toBeUndefined()
  {
    await using first = watchFeed(server.url)
    const stop = store.follow(first.feed)
    await first.until((state) => state.delivered === 2 && state.beats)
    await stop()
  }
  server.publish(
    insight({ alert_id: 'b', status: 'resolved' }),
    insight({ alert_id: 'c', risk_score: 90 }),
    insight({ alert_id: 'd', risk_score: 70 }),
    insight({ alert_id: 'd', risk_score: 95 }),
    insight({ alert_id: 'e', status: 'acknowledged' }),
  )
  const position = await storeFor(`${server.url}/stream`).load()
  expect(position?.lastEventId).toBe('log-2')

  const connection = createConnection({ url: server.url })
  const { lastEventId, at: lastSeenAt } = position ?? {}
  const feed = createFeed({ connection, lastEventId, lastSeenAt })
  const absence = Promise.withResolvers<Absence>()
  onReturn(feed, (summary) => absence.resolve(summary))
  feed.start()
  const summary = await absence.promise
  feed.close()
  await connection.close()
  expect(summary).toEqual({
    since: lastSeenAt,
    open: { critical: 2, warning: 0, info: 0 },
    acknowledged: 1,
    resolved: 1,
    gap: undefined,
  })
  expect(absenceWords(summary, summary.since + 7_200_000)).toBe(
    'since you left 2 h ago: 2 critical, 1 acknowledged, 1 resolved',
  )
})

test('says so when the server cannot tell what was missed', async () => {
  await using server = await startLogServer()
  const connection = createConnection({ url: server.url })
  const feed = createFeed({ connection, lastEventId: 'gone-7', lastSeenAt: Date.now() })
  const absence = Promise.withResolvers<Absence>()
  onReturn(feed, (summary) => absence.resolve(summary))
  feed.start()
  const summary = await absence.promise
  feed.close()
  await connection.close()
  expect(absenceWords(summary, summary.since + 90_000)).toBe(
    "since you left 1 min ago: the server can't tell what was missed (foreign)",
  )
})

test('a URL and a filter have a position each; filters that mean the same share it', async () => {
  await using server = await startLogServer()
  server.publish(insight({ alert_id: 'a' }))
  const store = storeFor(`${server.url}/stream`, 'risk>=80 type:churn_risk')
  await store.load()
  await using watcher = watchFeed(server.url)
  const stop = store.follow(watcher.feed)
  await watcher.until((state) => state.beats)
  await stop()
  const same = storeFor(`${server.url}/stream`, '  type:churn_risk   risk>=80 ')
  expect((await same.load())?.lastEventId).toBe('log-1')
  expect(await storeFor(`${server.url}/stream`).load()).toBeUndefined()
  expect(await storeFor(`${server.url}/other/stream`, 'risk>=80 type:churn_risk').load()).toBeUndefined()
})

test('a damaged file counts as none, and no draft stays behind', async () => {
  await using server = await startLogServer()
  server.publish(insight({ alert_id: 'a' }))
  const store = storeFor(`${server.url}/stream`)
  await store.load()
  await using watcher = watchFeed(server.url)
  const stop = store.follow(watcher.feed)
  await watcher.until((state) => state.beats)
  await stop()
  const folder = join(home, 'iops', 'positions')
  const [file = '', ...others] = await readdir(folder)
  expect(others).toEqual([])
  await writeFile(join(folder, file), '{"lastEventId":')
  expect(await store.load()).toBeUndefined()
})

test('a state home that is no folder is told too', async () => {
  const file = join(home, 'file')
  await writeFile(file, '')
  const store = createPositionStore({ streamUrl: 'http://host/stream', env: { XDG_STATE_HOME: file } })
  await expect(store.load()).rejects.toMatchObject({ name: 'Failure', reason: 'failed' })
})
