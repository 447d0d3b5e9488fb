import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { watchFeed } from '../../helpers/feed-watcher.ts'
import { startMisbehavingServer } from '../../helpers/misbehaving-server.ts'
import type { ScriptedServer } from '../../helpers/scripted-server.ts'

let server: ScriptedServer
beforeAll(async () => (server = await startMisbehavingServer()))
afterAll(() => server[Symbol.asyncDispose]())

const watch = (name: string, options: Parameters<typeof watchFeed>[1] = {}) =>
  watchFeed(`${server.url}/${name}`, options)
const visits = (name: string) => server.visits(`/${name}/stream`)
const upTo = (last: number) => Array.from({ length: last }, (_, n) => `a${n + 1}`)

describe('a fault that time heals is retried', () => {
  test('503 three times, then fine', async () => {
    await using watcher = watch('unavailable-then-fine')
    const state = await watcher.until(({ delivered, attempt }) => delivered === 2 && attempt === 0)
    expect(state.gaps).toBe(0)
    const waits = watcher
      .of('state')
      .flatMap(({ state: { status, attempt, reason } }) => (status === 'retrying' ? [[attempt, reason]] : []))
    expect(waits).toEqual([1, 2, 3].map((attempt) => [attempt, 'not now (503)']))
    expect(visits('unavailable-then-fine')).toHaveLength(4)
  })

  test('500 with words that are no JSON', async () => {
    await using watcher = watch('broken')
    await watcher.until(({ delivered }) => delivered === 1)
    expect(watcher.of('state').map(({ state }) => state.reason)).toContain('it answers 500')
  })

  test('429 names its own delay, and a key tries at once', async () => {
    await using watcher = watch('busy', { now: () => 1_000_000 })
    const state = await watcher.until(({ status }) => status === 'retrying')
    expect(state.nextTryAt).toBe(1_002_000)
    watcher.feed.reconnect()
    await watcher.until(({ delivered }) => delivered === 1)
  })

  test('a Retry-After far away is cut to an hour', async () => {
    await using watcher = watch('unavailable-for-a-year', { now: () => 1_000_000 })
    const state = await watcher.until(({ status }) => status === 'retrying')
    expect(state.nextTryAt).toBe(4_600_000)
  })

  test('no answer', async () => {
    await using watcher = watch('no-answer', { timing: { answer: 100 } })
    await watcher.until(({ delivered }) => delivered === 1)
    expect(watcher.of('state').map(({ state }) => state.reason)).toContain('no answer within 0.1 s')
  })

  test('a page of HTML, or a 404, in the place of a feed that was live', async () => {
    for (const [name, reason] of [
      ['html-later', 'it answers HTML, not an event stream'],
      ['absent-later', 'not now (404)'],
    ] as const) {
      await using watcher = watch(name)
      await watcher.until(({ delivered }) => delivered === 2)
      expect(watcher.of('state').map(({ state }) => state.reason)).toContain(reason)
    }
  })
})

describe('a fault that time does not heal stops the feed, with words', () => {
  test.each([
    ['not-allowed', 'it wants a token, or another one (401)', 'notAllowed', true],
    ['forbidden', 'it does not allow this feed (403)', 'notAllowed', true],
    ['html', 'it answers HTML, not an event stream', 'failed', false],
    ['no-type', 'it answers something without a content type, not an event stream', 'failed', false],
    ['absent', 'Not found (404)', 'failed', false],
    ['bad-filter', 'filter: [31m"risk>" lacks a number, at 5 (400)', 'failed', false],
    ['redirect-loop', 'it redirects in circles', 'unreachable', false],
  ] as const)('%s', async (name, reason, exit, refused) => {
    await using watcher = watch(name)
    const state = await watcher.until(({ status }) => status === 'stopped')
    expect(state).toMatchObject({ reason, refused, nextTryAt: undefined })
    expect(state.failure).toMatchObject({ reason: exit, message: `${server.url}/${name}: ${reason}` })
  })

  test('204: the server has nothing more, which is no failure', async () => {
    await using watcher = watch('gone-quiet')
    const state = await watcher.until(({ status }) => status === 'stopped')
    expect(state).toMatchObject({ delivered: 1, reason: 'the server ended the feed (204)', refused: false })
    expect(state.failure).toBeUndefined()
    expect(visits('gone-quiet')).toHaveLength(2)
  })

  test('out of attempts', async () => {
    const gone = await startMisbehavingServer()
    await gone[Symbol.asyncDispose]()
    await using watcher = watchFeed(gone.url, { maxAttempts: 3 })
    const state = await watcher.until(({ status }) => status === 'stopped')
    expect(state).toMatchObject({
      attempt: 3,
      reason: 'gave up after 3 attempts: connection refused (ECONNREFUSED)',
      failure: { reason: 'unreachable' },
    })
    const before = watcher.events.length
    watcher.feed.reconnect()
    await watcher.until(({ status }) => status === 'stopped')
    const waits = watcher.of('state').filter(({ state: { status } }) => status === 'retrying')
    expect(waits).toHaveLength(4)
    expect(watcher.events.length).toBeGreaterThan(before)
  })
})

describe('nothing is lost and nothing comes twice', () => {
  test.each([
    ['cut-in-a-frame', 4, { replayed: 2, duplicates: 0 }],
    ['cut-in-the-snapshot', 6, { replayed: 3, duplicates: 0 }],
    ['repeats-after-resume', 5, { replayed: 2, duplicates: 3 }],
    ['duplicates', 4, { replayed: 0, duplicates: 5 }],
  ] as const)('%s', async (name, last, counts) => {
    await using watcher = watch(name)
    const state = await watcher.until(({ delivered }) => delivered >= last)
    expect(watcher.ids()).toEqual(upTo(last))
    expect(state).toMatchObject({ ...counts, gaps: 0 })
  })

  test('what is no insight is told, and what follows is there', async () => {
    await using watcher = watch('not-an-insight')
    await watcher.until(({ beats }) => beats)
    expect(watcher.ids()).toEqual(upTo(2))
    expect(watcher.of('fault').map(({ message }) => message)).toEqual([
      'an event is no insight: {"alert":1}',
      'an event is no insight: nonsense [2J',
    ])
  })

  test('an event without end does not fill the memory', async () => {
    await using watcher = watch('endless-event')
    const state = await watcher.until(({ reason }) => reason !== undefined)
    expect(state).toMatchObject({ status: 'retrying', reason: 'it sends an event that does not end' })
  })
})

describe('a link that goes silent', () => {
  test.each(['stalled', 'stalled-before-a-beat'])(
    '%s: is cut after 2.5 beats and taken up again',
    async (name) => {
      await using watcher = watch(name, { timing: { beat: 40 } })
      const state = await watcher.until(({ delivered }) => delivered === 2)
      expect(watcher.ids()).toEqual(upTo(2))
      expect(state).toMatchObject({ replayed: 1, gaps: 0 })
      expect(watcher.of('state').some(({ state }) => state.reason?.startsWith('no byte for'))).toBe(true)
      expect(visits(name)[1]?.headers['last-event-id']).toBe('log-1')
      // The link was down from its last byte on, not from when that was noticed.
      const lost = watcher.of('state').find(({ state }) => state.status === 'retrying')?.state
      await watcher.until(() => watcher.of('resumed').length === 1)
      for (const downAt of [watcher.of('resumed')[0]?.downAt, lost?.disconnectedAt])
        expect((downAt ?? Infinity) - (lost?.lastByteAt ?? 0)).toBeLessThan(50)
    },
  )

  test('an answer without a byte is cut too', async () => {
    await using watcher = watch('silent-from-the-start', { timing: { beat: 40 } })
    await watcher.until(({ delivered }) => delivered === 1)
    expect(visits('silent-from-the-start')).toHaveLength(2)
  })

  test('a slow first byte is waited for', async () => {
    await using watcher = watch('slow-first-byte', { timing: { beat: 1000 } })
    await watcher.until(({ delivered }) => delivered === 1)
    expect(visits('slow-first-byte')).toHaveLength(1)
  })
})

describe('a feed that continues an earlier run is back only when it has caught up', () => {
  test.each([
    ['unavailable-later-fine', 'log-1', ['a2'], 1],
    ['cut-in-the-replay', 'log-1', ['a2', 'a3', 'a4', 'a5', 'a6'], 5],
  ] as const)('%s', async (name, lastEventId, ids, replayed) => {
    await using watcher = watch(name, { lastEventId, lastSeenAt: 5 })
    await watcher.until(({ beats }) => beats)
    expect(watcher.ids()).toEqual(ids)
    expect(watcher.of('resumed')).toMatchObject([{ downAt: 5, replayed, gap: undefined }])
  })
})

test('redirects are followed', async () => {
  await using watcher = watch('redirect')
  await watcher.until(({ delivered }) => delivered === 1)
  expect(server.visits('/elsewhere/feed')).toHaveLength(1)
})
