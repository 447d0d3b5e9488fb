import { expect, test } from 'vitest'
import { runServer } from '../../../helpers/server.ts'
import { fixture, latestOf, postTo, resultsOf } from '../../../helpers/sources.ts'

interface Alert {
  status: string
  startsAt: string
  endsAt: string
  imageURL: string
  annotations: Record<string, string> | null
}
const path = '/integrations/grafana'
const firing = () => fixture('grafana/firing-two') as { alerts: [Alert, Alert] }

test('links to silence, dashboard and picture become recommendations, the runbook the link', async () => {
  await using server = await runServer()
  expect((await postTo(server, path, firing())).status).toBe(200)
  const [cpu, memory] = await latestOf(server)
  expect(memory).toMatchObject({
    prediction_type: 'High memory usage',
    risk_score: 90,
    timestamp: '2026-11-23T07:51:03.157Z',
    source: 'grafana',
    url: 'https://runbooks.example/memory',
    explanation: 'Memory of us-1 is at 97 %\nThe system has high memory usage',
    recommendations: [
      expect.stringMatching(/^Silence: https:\/\/grafana\.example\/alerting\/silence/),
      'Dashboard: https://grafana.example/d/abc123?orgId=1&viewPanel=4',
      'Picture: https://grafana.example/pictures/one.png',
    ],
  })
  expect(cpu?.explanation).toContain('value=44.239')
  expect(cpu?.url).toContain('/alerting/grafana/d1rdpdv7k/view')
})

test('repetitions and another replica change nothing, whatever their time zone and picture', async () => {
  await using server = await runServer()
  await postTo(server, path, firing())
  expect(resultsOf(await postTo(server, path, firing()))).toEqual(['unchanged', 'unchanged'])
  const other = firing()
  other.alerts[0].startsAt = '2026-11-23T07:51:03.157076Z'
  other.alerts[0].imageURL = 'https://grafana.example/pictures/two.png'
  expect(resultsOf(await postTo(server, path, other))).toEqual(['unchanged', 'unchanged'])
  other.alerts[0].annotations = { summary: 'Memory of us-1 is at 99 %' }
  expect(resultsOf(await postTo(server, path, other))).toEqual(['updated', 'unchanged'])
})

test('one bad alert does not lose its siblings, and the answer says which', async () => {
  await using server = await runServer()
  const body = firing()
  body.alerts[0].status = 'smouldering'
  const answer = await postTo(server, path, { ...body, alerts: [...body.alerts, 7, null] })
  expect([answer.status, answer.body.accepted]).toEqual([200, 1])
  expect(answer.body.refused).toMatchObject([
    { index: 0, path: 'status' },
    { index: 2, path: '' },
    { index: 3, path: '' },
  ])
  expect(await latestOf(server)).toHaveLength(1)
  expect((await postTo(server, path, { alerts: [7] })).status).toBe(400)
})

test('resolved before firing, and told by two replicas with two ends, is resolved at the first end', async () => {
  const resolved = (end: string) => {
    const body = firing()
    for (const alert of body.alerts) Object.assign(alert, { status: 'resolved', endsAt: end })
    return body
  }
  const bodies = [firing(), resolved('2026-11-23T10:00:05Z'), resolved('2026-11-23T10:00:00Z')]
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 0, 2],
    [2, 0, 1],
  ]) {
    await using server = await runServer()
    for (const index of order) await postTo(server, path, bodies[index])
    const ends = (await latestOf(server)).map(({ status, resolved_at }) => [status, resolved_at])
    const end = ['resolved', '2026-11-23T10:00:00.000Z']
    expect(ends, String(order)).toEqual([end, end])
  }
})
