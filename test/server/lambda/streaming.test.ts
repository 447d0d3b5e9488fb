import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { createTables, type Emulator, startDynoxide, type Tables } from '../../helpers/dynamo.ts'
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts'
import { httpEvent, restEvent } from '../../helpers/lambda/events.ts'
import { buildLambdaCode, type LambdaCode, LambdaFunction } from '../../helpers/lambda/lambda-function.ts'
import type { StreamedAnswer } from '../../helpers/lambda/streamed-answer.ts'

let emulator: Emulator
let proxy: FaultProxy
let code: LambdaCode
let tables: Tables
let handler: LambdaFunction
const functions: LambdaFunction[] = []
beforeAll(async () => {
  emulator = await startDynoxide()
  code = await buildLambdaCode()
})
afterAll(async () => {
  code.remove()
  await emulator.stop()
})
beforeEach(async () => {
  tables = await createTables(emulator)
  proxy = await startFaultProxy(emulator.endpoint)
  handler = await start('handler')
})
afterEach(async () => {
  for (const each of functions) each.thaw()
  await Promise.all(functions.splice(0).map((each) => each.stop()))
  await proxy.stop()
})

async function start(name: string, endpoint?: string): Promise<LambdaFunction> {
  const started = await LambdaFunction.start(code, name, { IOPS_STORE: tables.url('poll=100ms', endpoint) })
  functions.push(started)
  return started
}

interface Buffered {
  readonly statusCode: number
  readonly body: string
}

const send = (
  target: string,
  {
    to = handler,
    method = 'POST',
    ...body
  }: { to?: LambdaFunction; method?: string; [field: string]: unknown },
) =>
  to.invoke<Buffered>(
    restEvent(target, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
const publish = async (alertId: string, more: object = {}) => {
  const { statusCode } = await send('/insights', {
    alert_id: alertId,
    entity_id: 'e',
    risk_score: 50,
    ...more,
  })
  expect(statusCode).toBe(201)
}

/** Reads on until the text so far satisfies a condition; what came. */
async function until({ pieces }: StreamedAnswer, holds: (text: string) => boolean): Promise<string> {
  let text = ''
  while (!holds(text)) {
    const { value, done } = await pieces[Symbol.asyncIterator]().next()
    if (done) throw new Error(`the stream ended: ${text}`)
    text += value
  }
  return text
}

const ids = (text: string) => [...text.matchAll(/"alert_id":"([^"]+)"/g)].map(([, id]) => id)
const lastId = (text: string) => [...text.matchAll(/^id: (\S+)$/gm)].at(-1)?.[1] ?? ''

test('streams what comes, piece by piece, and ends cleanly before its deadline', async () => {
  await publish('a1')
  const stream = await start('stream')
  const answer = await stream.stream(restEvent('/stream'), 12_000)
  expect(answer.statusCode).toBe(200)
  expect(answer.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'access-control-allow-origin': '*',
  })
  expect(ids(await until(answer, (text) => text.includes('event: beat')))).toEqual(['a1'])
  await publish('a2')
  expect(ids(await until(answer, (text) => text.includes('"a2"')))).toEqual(['a2'])
  // Nothing else ends it.
  expect(ids(await answer.text())).toEqual([])
  expect(answer.errorType()).toBeUndefined()
  await vi.waitFor(() => expect(stream.isIdle).toBe(true))
  expect(stream.output).toContain('SSE stream request')
})

test('goes on after the last event id, in another environment', async () => {
  await publish('a1')
  const first = await start('stream')
  const answer = await first.stream(httpEvent('/stream'), 5000)
  const position = lastId(await answer.text())
  await publish('a2')
  await publish('a3')
  const second = await start('stream')
  const resumed = await second.stream(
    httpEvent('/stream', { headers: { 'last-event-id': position } }),
    30_000,
  )
  const text = await until(resumed, (text) => text.includes('event: beat'))
  expect(ids(text)).toEqual(['a2', 'a3'])
})

test('serves one stream after the other in one environment that slept between them', async () => {
  await publish('a1')
  const stream = await start('stream')
  const position = lastId(await (await stream.stream(restEvent('/stream'), 5000)).text())
  await vi.waitFor(() => expect(stream.isIdle).toBe(true))
  stream.freeze()
  await publish('a2')
  stream.thaw()
  const answer = await stream.stream(restEvent(`/stream?lastEventId=${position}`), 5000)
  expect(ids(await answer.text())).toEqual(['a2'])
})

test('streams the rest of the API too, answers without a body included', async () => {
  const stream = await start('stream')
  await publish('a1')
  const answer = await stream.stream(httpEvent('/insights/a1'))
  expect([answer.statusCode, ids(await answer.text())]).toEqual([200, ['a1']])
  const head = await stream.stream(httpEvent('/stream', { method: 'HEAD' }))
  expect([head.statusCode, head.headers['content-type'], await head.text()]).toEqual([
    200,
    'text/event-stream',
    '',
  ])
  const preflight = await stream.stream(httpEvent('/stream', { method: 'OPTIONS' }))
  expect([preflight.statusCode, await preflight.text()]).toEqual([204, ''])
  const missing = await stream.stream(httpEvent('/stream?nothing=1'))
  expect([missing.statusCode, await missing.text()]).toMatchObject([
    400,
    expect.stringContaining('unknown_parameter'),
  ])
})

test('answers a failure before the first byte with its status', async () => {
  const stream = await start('stream', proxy.endpoint)
  proxy.fault = () => 'AccessDeniedException'
  const denied = await stream.stream(httpEvent('/stream'))
  expect([denied.statusCode, await denied.text()]).toMatchObject([
    503,
    expect.stringContaining('store_unavailable'),
  ])
  const odd = await stream.stream({ hello: 'world' })
  expect([odd.statusCode, await odd.text()]).toMatchObject([500, expect.stringContaining('internal_error')])
  expect(stream.output).toContain('no HTTP call')
  proxy.fault = () => undefined
  const answer = await stream.stream(httpEvent('/stream'), 5000)
  expect([answer.statusCode, await answer.text()]).toMatchObject([200, expect.stringContaining('beat')])
})

test('goes on streaming through a store that fails for a while', async () => {
  await publish('a1')
  const stream = await start('stream', proxy.endpoint)
  const answer = await stream.stream(httpEvent('/stream'))
  await until(answer, (text) => text.includes('event: beat'))
  proxy.fault = () => 'AccessDeniedException'
  const before = proxy.calls.length
  await vi.waitFor(() => expect(proxy.calls.length).toBeGreaterThan(before + 2))
  await publish('a2')
  proxy.fault = () => undefined
  expect(ids(await until(answer, (text) => text.includes('"a2"')))).toEqual(['a2'])
})

test('an environment frozen between its two writes undoes nothing when it goes on', async () => {
  await publish('a1')
  const frozen = await start('handler', proxy.endpoint)
  const stopped = Promise.withResolvers<void>()
  proxy.fault = ({ operation, table }) => {
    if (operation !== 'PutItem' || table !== tables.log) return undefined
    frozen.freeze()
    proxy.fault = () => undefined
    stopped.resolve()
    return undefined
  }
  const acknowledged = send('/insights/a1', { to: frozen, method: 'PATCH', status: 'acknowledged' })
  await stopped.promise
  // Its entry is in the log, its insight is not in the table.
  await vi.waitFor(async () => {
    const stream = await handler.invoke<Buffered>(restEvent('/stream'))
    expect(stream.body).toContain('"acknowledged"')
  })
  expect(
    JSON.parse((await send('/insights/a1', { method: 'PATCH', status: 'resolved' })).body),
  ).toMatchObject({
    status: 'resolved',
  })
  frozen.thaw()
  expect(JSON.parse((await acknowledged).body)).toMatchObject({ status: 'acknowledged' })
  expect(JSON.parse((await handler.invoke<Buffered>(restEvent('/insights/a1'))).body)).toMatchObject({
    status: 'resolved',
  })
  const { body } = await handler.invoke<Buffered>(restEvent('/stream'))
  const position = body.match(/^id: (\w+)-/m)?.[1]
  const all = await handler.invoke<Buffered>(restEvent(`/stream?lastEventId=${position}-0`))
  expect([...all.body.matchAll(/"status":"(\w+)"/g)].map(([, status]) => status)).toEqual([
    'open',
    'acknowledged',
    'resolved',
  ])
})

test('a wrong setting is an init error that names it', async () => {
  const wrong = await LambdaFunction.start(code, 'handler', { IOPS_STORE: '' })
  functions.push(wrong)
  await vi.waitFor(() => expect(wrong.initErrors.join('')).toContain('IOPS_STORE is not set'))
})
