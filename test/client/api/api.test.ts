import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, createApi } from '../../../src/client/api/api.ts'
import { createConnection } from '../../../src/client/connection.ts'
import { Failure } from '../../../src/program/failure.ts'
import { insight } from '../../helpers/insights.ts'
import { startOldServer } from '../../helpers/old-server.ts'
import { answerJson, type ScriptedServer, startScriptedServer } from '../../helpers/scripted-server.ts'
import { runServer } from '../../helpers/server.ts'

const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  )
  expect(error).toBeInstanceOf(Failure)
  return error as Failure
}

const recent = (api: Api) => api.recent()

describe('on our own server', () => {
  test('publishes, reads back, pages, counts and changes the status', async () => {
    await using server = await runServer()
    const api = createApi(createConnection({ url: `${server.url}/insights/stream` }))
    const batch = Array.from({ length: 5 }, (_, n) => insight({ alert_id: `a${n}`, risk_score: 50 + n * 10 }))
    const { accepted, items } = await api.publish(batch)
    expect(accepted).toBe(5)
    expect(items.map(({ result }) => result)).toEqual(Array.from({ length: 5 }, () => 'created'))
    expect((await api.get('a3'))?.risk_score).toBe(80)
    expect(await api.get('none')).toBeUndefined()

    const ids: string[] = []
    let nextToken: string | undefined
    do {
      const page = await api.recent({ limit: 2, nextToken })
      ids.push(...page.items.map(({ alert_id }) => alert_id))
      nextToken = page.nextToken ?? undefined
    } while (nextToken !== undefined)
    expect(ids.sort()).toEqual(['a0', 'a1', 'a2', 'a3', 'a4'])
    expect((await api.recent({ filter: 'severity:critical' })).items).toHaveLength(2)
    expect(await api.aggregations()).toMatchObject({ total: 5, critical: 2 })

    const { insight: changed, etag } = await api.setStatus('a4', { status: 'acknowledged', by: 'ana' })
    expect(changed).toMatchObject({ status: 'acknowledged', acknowledged_by: 'ana' })
    if (etag !== undefined) {
      await api.setStatus('a4', { status: 'resolved' }, { ifMatch: etag })
      const stale = await failureOf(api.setStatus('a4', { status: 'open' }, { ifMatch: etag }))
      expect(stale.message).toContain('412')
    }

    const refused = await failureOf(
      api.publish([insight({ alert_id: 'ok' }), { entity_id: 'e', risk_score: 101 }]),
    )
    expect(refused.reason).toBe('failed')
    expect(refused.message).toMatch(/\(400\): item 2, risk_score: /)
    expect(await api.get('ok')).toBeUndefined()
    await api.close()
  })

  test('two people at once: one wins, and the other is told', async () => {
    await using server = await runServer()
    const api = createApi(createConnection({ url: server.url }))
    for (let round = 0; round < 20; round++) {
      const alertId = `both-${round}`
      await api.publish([insight({ alert_id: alertId })])
      const outcomes = await Promise.allSettled([
        api.setStatus(alertId, { status: 'acknowledged', by: 'ann' }, { ifStatus: 'open' }),
        api.setStatus(alertId, { status: 'resolved', by: 'bob' }, { ifStatus: 'open' }),
      ])
      const [won] = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.insight.status] : []))
      const [told] = outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
      expect((await api.get(alertId))?.status).toBe(won)
      expect(told).toContain(
        won === 'resolved' ? 'it is resolved meanwhile' : 'it is acknowledged by ann meanwhile',
      )
    }
    await api.close()
  })

  test('a change of something else does not stand in the way of a status', async () => {
    let version = 1
    await using server = await startScriptedServer({
      '/insights/a': (response, { headers }) => {
        response.setHeader('etag', `"${version}"`)
        const tag = headers['if-match']
        // Each look is out of date when the first two changes come.
        if (tag !== undefined && version < 3) version++
        const isStale = tag !== undefined && tag !== `"${version}"`
        const status = tag === undefined ? 'open' : 'resolved'
        if (isStale) answerJson(response, 412, { error: 'changed' })
        else answerJson(response, 200, insight({ alert_id: 'a', status }))
      },
    })
    const api = createApi(createConnection({ url: server.url }))
    const { etag } = await api.setStatus('a', { status: 'resolved' }, { ifStatus: 'open' })
    expect(etag).toBe('"3"')
    expect(server.visits('/insights/a')).toHaveLength(6)
    await api.close()
  })

  test('a server that answers, and changes nothing, is no success', async () => {
    await using old = await startOldServer()
    old.publish(insight({ alert_id: 'a' }))
    const api = createApi(createConnection({ url: old.url }))
    expect((await failureOf(api.setStatus('a', { status: 'resolved' }))).message).toContain('left it open')
    await api.close()
  })

  test('a token is needed, and sent', async () => {
    await using server = await runServer({ token: 'right' })
    const without = createApi(createConnection({ url: server.url }))
    expect(await failureOf(without.recent())).toMatchObject({
      reason: 'notAllowed',
      hint: expect.stringContaining('IOPS_TOKEN'),
    })
    const wrong = createApi(createConnection({ url: server.url, token: 'secret-wrong' }))
    const failure = await failureOf(wrong.recent())
    expect(failure.reason).toBe('notAllowed')
    expect(failure.message + String(failure.stack)).not.toContain('secret-wrong')
    const right = createApi(createConnection({ url: server.url, token: 'right' }))
    expect((await right.recent()).items).toEqual([])
    await Promise.all([without.close(), wrong.close(), right.close()])
  })
})

describe('where something else answers', () => {
  let server: ScriptedServer
  let other: ScriptedServer
  const at = async <T>(path: string, call: (api: Api) => Promise<T>): Promise<Failure> => {
    const api = createApi(createConnection({ url: `${server.url}${path}`, token: 'secret' }))
    try {
      return await failureOf(call(api))
    } finally {
      await api.close()
    }
  }
  beforeAll(async () => {
    other = await startScriptedServer({ '*': (response) => answerJson(response, 200, { items: [] }) })
    server = await startScriptedServer({
      '/html/insights/recent': (response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
      '/html404/insights/recent': (response) =>
        response.writeHead(404, { 'content-type': 'text/html' }).end('<html>no</html>'),
      '/html404/insights/a': (response) =>
        response.writeHead(404, { 'content-type': 'text/html' }).end('<html>no</html>'),
      '/text/insights/recent': (response) =>
        response.writeHead(200, { 'content-type': 'text/plain' }).end('hello'),
      '/broken/insights/recent': (response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":['),
      '/list/insights/recent': (response) => answerJson(response, 200, []),
      '/busy/insights/recent': (response) => {
        response.setHeader('retry-after', '7')
        answerJson(response, 503, { error: 'later' })
      },
      '/sick/insights/recent': (response) => answerJson(response, 500, { error: 'disk \u001b[31mfull' }),
      '/limited/insights/recent': (response) => {
        response.setHeader('retry-after', 'Mon, 23 Nov 2020 14:22:00 GMT')
        answerJson(response, 429, { error: 'slowly' })
      },
      '/cut/insights/recent': (response) => void response.socket?.destroy(),
      '/moved/insights/recent': (response) =>
        response.writeHead(307, { location: `${other.url}/insights/recent` }).end(),
    })
  })
  afterAll(() => Promise.all([server[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]))

  test.each([
    ['/html', "answers HTML, not an iops server's JSON (200)", 'failed'],
    ['/html404', "answers HTML, not an iops server's JSON (404)", 'failed'],
    ['/text', "answers text/plain, not an iops server's JSON (200)", 'failed'],
    ['/broken', "answers broken JSON, not an iops server's JSON (200)", 'failed'],
    ['/list', 'does not answer as an iops server does', 'failed'],
    ['/busy', 'is busy (503): try again in 7 s. It says: later', 'unreachable'],
    ['/sick', 'disk [31mfull (500)', 'unreachable'],
    ['/limited', 'is busy (429): try again in 1 s', 'failed'],
    ['/cut', "can't reach", 'unreachable'],
    ['/absent', 'Not found (404)', 'failed'],
  ] as const)('%s', async (path, words, reason) => {
    const failure = await at(path, recent)
    expect(failure.message).toContain(words)
    expect(failure.reason).toBe(reason)
  })

  describe.each([500, 502, 503, 504])('a gateway that answers %i', (status) => {
    test.each([
      ['HTML', 'text/html', '<html><h1>Bad</h1></html>'],
      ['nothing', undefined, ''],
      ['JSON of another kind', 'application/json', '{"message":"Service Unavailable"}'],
      ['broken JSON', 'application/json', '{"error":'],
      ['a JSON string', 'application/json', '"no"'],
    ])('with %s', async (_, type, body) => {
      await using gateway = await startScriptedServer({
        '*': (response) =>
          response.writeHead(status, { ...(type && { 'content-type': type }), 'retry-after': '7' }).end(body),
      })
      const api = createApi(createConnection({ url: gateway.url }))
      const { reason, message } = await failureOf(api.recent())
      await api.close()
      expect(reason).toBe('unreachable')
      const words = status === 500 ? 'failed' : "isn't there"
      expect(message).toBe(`the server behind ${gateway.url} ${words} (${status}): try again in 7 s`)
    })
  })

  test('a page of HTML is no proof that an alert does not exist', async () => {
    expect((await at('/html404', (api) => api.get('a'))).message).toContain('answers HTML')
  })

  test('nobody listens', async () => {
    const gone = await startScriptedServer({})
    await gone[Symbol.asyncDispose]()
    const api = createApi(createConnection({ url: gone.url }))
    const failure = await failureOf(api.recent())
    expect(failure).toMatchObject({ reason: 'unreachable', hint: expect.stringContaining('iops serve') })
    expect(failure.message).toBe(`can't reach ${gone.url}: connection refused (ECONNREFUSED)`)
    await api.close()
  })

  test.each([301, 307])('a %i to another server that refuses says where it leads', async (status) => {
    await using target = await startScriptedServer({
      '*': (response) => answerJson(response, 401, { error: 'no' }),
    })
    await using front = await startScriptedServer({
      '*': (response, { url }) => response.writeHead(status, { location: target.url + url.pathname }).end(),
    })
    const api = createApi(createConnection({ url: front.url, token: 'secret' }))
    expect(await failureOf(api.publish([]))).toMatchObject({
      reason: 'notAllowed',
      hint: `It redirects to ${target.url}/insights: give the URL of that server.`,
    })
    expect(target.visits('/insights').map(({ headers }) => headers.authorization)).toEqual([undefined])
    await api.close()
  })

  test('the token does not follow a redirect to another server', async () => {
    const api = createApi(createConnection({ url: `${server.url}/moved`, token: 'secret' }))
    await api.recent()
    await api.close()
    expect(server.visits('/moved/insights/recent')[0]?.headers.authorization).toBe('Bearer secret')
    expect(other.visits('/insights/recent')[0]?.headers.authorization).toBeUndefined()
  })
})
