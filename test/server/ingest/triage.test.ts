import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runServer, type TestServer } from '../../helpers/server.ts'

const later = '2999-01-01T00:00:00.000Z'
let server: TestServer
beforeEach(async () => {
  server = await runServer()
})
afterEach(() => server.close())

async function send(method: string, path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}
const patch = async (body: object) => (await send('PATCH', '/insights/a', body)).body
const post = (fields: object) =>
  send('POST', '/insights', { alert_id: 'a', entity_id: 'e', risk_score: 70, ...fields })
const get = () => server.memory.get('a')

describe('an acknowledgement for a time, with a note', () => {
  beforeEach(async () => {
    await post({})
    await patch({ status: 'acknowledged', by: 'ann', note: 'vpn is down', acknowledged_until: later })
  })

  test('is kept as it was given, in UTC', async () => {
    expect(await get()).toMatchObject({
      status: 'acknowledged',
      acknowledged_by: 'ann',
      acknowledged_until: later,
      note: 'vpn is down',
    })
    await patch({ status: 'acknowledged', acknowledged_until: '2999-01-01T02:00:00+01:00' })
    expect(await get()).toMatchObject({
      acknowledged_by: 'ann',
      acknowledged_until: '2999-01-01T01:00:00.000Z',
    })
  })

  test('stays when a source sends the alert anew', async () => {
    await post({ explanation: 'still so', risk_score: 79 })
    await post({ explanation: 'better', risk_score: 10 })
    expect(await get()).toMatchObject({
      risk_score: 10,
      status: 'acknowledged',
      acknowledged_by: 'ann',
      acknowledged_until: later,
      note: 'vpn is down',
    })
  })

  test('ends when the alert gets a higher severity, and the note stays', async () => {
    await post({ risk_score: 80 })
    const { status, acknowledged_by, acknowledged_at, acknowledged_until, note } = (await get()) ?? {}
    expect({ status, acknowledged_by, acknowledged_at, acknowledged_until, note }).toEqual({
      status: 'open',
      note: 'vpn is down',
    })
    const entries = server.memory.log.length
    await post({ risk_score: 80 })
    expect(server.memory.log).toHaveLength(entries)
  })

  test('is for ever once that was said', async () => {
    await patch({ status: 'acknowledged', acknowledged_until: null })
    expect(await get()).not.toHaveProperty('acknowledged_until', expect.anything())
    expect(await get()).toMatchObject({ status: 'acknowledged', acknowledged_by: 'ann' })
  })

  test('is taken over by another person without the time', async () => {
    await patch({ status: 'acknowledged', by: 'bob' })
    expect(await get()).toMatchObject({ acknowledged_by: 'bob', note: 'vpn is down' })
    expect(await get()).not.toHaveProperty('acknowledged_until', expect.anything())
  })

  test('loses its time when the alert is resolved or opened', async () => {
    await patch({ status: 'resolved', by: 'bob' })
    expect(await get()).toMatchObject({ status: 'resolved', acknowledged_by: 'ann', note: 'vpn is down' })
    expect(await get()).not.toHaveProperty('acknowledged_until', expect.anything())
    await patch({ status: 'open' })
    expect(await get()).toMatchObject({ status: 'open', note: 'vpn is down' })
  })

  test('has its note replaced, and taken away by an empty one', async () => {
    await patch({ status: 'acknowledged', note: 'line two' })
    expect(await get()).toMatchObject({ note: 'line two', acknowledged_until: later, acknowledged_by: 'ann' })
    await patch({ status: 'acknowledged', note: '' })
    expect(await get()).not.toHaveProperty('note', expect.anything())
  })
})

test('what is resolved is opened by a higher severity, and by no other new version', async () => {
  await post({})
  await patch({ status: 'resolved' })
  await post({ risk_score: 79, explanation: 'again' })
  expect(await get()).toMatchObject({ status: 'resolved' })
  await post({ risk_score: 95 })
  expect(await get()).toMatchObject({ status: 'open' })
})

test('a status that the source itself says decides', async () => {
  await post({})
  await patch({ status: 'acknowledged', by: 'ann' })
  await post({ risk_score: 95, status: 'acknowledged' })
  expect(await get()).toMatchObject({ status: 'acknowledged', acknowledged_by: 'ann' })
})

test.each([
  [{ status: 'open', acknowledged_until: later }, 'acknowledged_until'],
  [{ status: 'resolved', acknowledged_until: null }, 'acknowledged_until'],
  [{ status: 'acknowledged', acknowledged_until: 'tomorrow' }, 'acknowledged_until'],
  [
    { status: 'acknowledged', acknowledged_until: '2001-01-01T00:00:00Z' },
    'acknowledged_until lies in the past',
  ],
  [{ status: 'acknowledged', note: 'é'.repeat(513) }, 'note'],
  [{ status: 'acknowledged', note: 7 }, 'note'],
  [{ note: 'no status' }, 'status'],
])('the change %j is refused in words', async (change, word) => {
  await post({})
  const { status, body } = await send('PATCH', '/insights/a', change)
  expect(status).toBe(400)
  expect(body).toMatchObject({ code: 'invalid_change', error: expect.stringContaining(word) as string })
  expect(await get()).toMatchObject({ status: 'open' })
})
