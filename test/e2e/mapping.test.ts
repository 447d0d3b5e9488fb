import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { iops, Iops } from '../helpers/iops.ts'
import { serve } from '../helpers/serve.ts'
import { postTo, resultsOf } from '../helpers/sources.ts'
import { temporary } from '../helpers/temporary.ts'

const file = String.raw`
[severity]
ticket = 20

[sources.eventbridge]
alert_id = "detail.instance-id"
entity_id = "detail.instance-id"
explanation = ["detail.reason", "detail-type"]
prediction_type = { value = "ec2" }
timestamp = "time"
severity = "detail.level"
status = "detail.state"
labels = { region = "region", host = "detail.tags.example\\.com/host" }

[sources.eventbridge.severities]
loud = "critical"

[sources.eventbridge.statuses]
running = "resolved"
stopped = "open"

[sources.batch]
each = "data.alerts"
entity_id = "hosts.0"
risk_score = "risk"
timestamp = "at"
`
const event = (detail: object = {}, fields: object = {}) => ({
  id: '6a7e8feb',
  'detail-type': 'EC2 Instance State-change',
  time: '2026-11-23T15:53:50Z',
  region: 'us-east-1',
  detail: {
    'instance-id': 'i-0123',
    state: 'stopped',
    level: 'loud',
    tags: { 'example.com/host': 'a' },
    ...detail,
  },
  ...fields,
})

async function openMapped(directory: string, flags: readonly string[] = []) {
  const path = join(directory, 'sources.toml')
  writeFileSync(path, file)
  const server = await serve(join(directory, 'journal'), ['--sources', path, ...flags])
  const post = (name: string, body: unknown) => postTo(server, `/integrations/${name}`, body)
  const recent = async () => {
    const page = (await (await fetch(`${server.url}/insights/recent`)).json()) as { items: object[] }
    return page.items
  }
  return { ...server, post, recent, path }
}

test('a source of a file is served, and the same body again changes nothing', async () => {
  using directory = temporary()
  await using server = await openMapped(directory.path)
  expect(resultsOf(await server.post('eventbridge', event()))).toEqual(['created'])
  expect(resultsOf(await server.post('eventbridge', event()))).toEqual(['unchanged'])
  expect(await server.recent()).toMatchObject([
    {
      alert_id: 'i-0123',
      explanation: 'EC2 Instance State-change',
      prediction_type: 'ec2',
      risk_score: 90,
      status: 'open',
      source: 'eventbridge',
      labels: { region: 'us-east-1', host: 'a' },
    },
  ])
  const paths = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object }
  expect(Object.keys(paths.paths)).toContain('/integrations/batch')
})

test('changes in any order end in the newest; a repetition leaves an acknowledgement', async () => {
  const [stopped, running, again] = [
    event(),
    event({ state: 'running' }, { time: '2026-11-23T15:55:00Z' }),
    event({ state: 'stopped', level: 'ticket' }, { time: '2026-11-23T16:00:00Z' }),
  ]
  for (const order of [
    [stopped, running, again, stopped, running],
    [again, running, stopped],
  ]) {
    using directory = temporary()
    await using server = await openMapped(directory.path)
    for (const body of order) await server.post('eventbridge', body)
    expect(await server.recent()).toMatchObject([{ status: 'open', risk_score: 20 }])
    const change = { method: 'PATCH', headers: { 'content-type': 'application/json' } }
    await fetch(`${server.url}/insights/i-0123`, { ...change, body: '{"status":"acknowledged"}' })
    expect(resultsOf(await server.post('eventbridge', again))).toEqual(['unchanged'])
  }
})

test('one bad alert of a batch does not lose its siblings, and the answer says which', async () => {
  using directory = temporary()
  await using server = await openMapped(directory.path)
  const alerts = [
    { hosts: ['a'], risk: '71.5', at: 1_795_449_230 },
    { hosts: [], risk: 5 },
    { hosts: ['b'], risk: 'high' },
  ]
  const { status, body } = await server.post('batch', { data: { alerts } })
  expect([status, body.accepted]).toEqual([200, 1])
  expect(body.refused).toMatchObject([
    { index: 1, path: 'entity_id' },
    { index: 2, path: 'risk_score' },
  ])
  expect(await server.recent()).toMatchObject([
    { entity_id: 'a', risk_score: 71.5, timestamp: '2026-11-23T15:53:50.000Z' },
  ])
  expect((await server.post('batch', { data: {} })).status).toBe(400)
})

test('map test shows the insight, and what was left over; nothing is lost where several sources stand', async () => {
  using directory = temporary()
  const path = join(directory.path, 'sources.toml')
  writeFileSync(path, file)
  const run = (argv: string[], input: unknown) =>
    new Iops(['map', 'test', path, ...argv], {
      input: typeof input === 'string' ? input : JSON.stringify(input),
    }).ended
  const shown = await run(['--source', 'eventbridge'], event({ extra: [1, '\u001b[2J'] }))
  expect(shown.code).toBe(0)
  expect(shown.stdout).toContain('"alert_id": "i-0123"')
  expect(shown.stdout).toMatch(/left over:\n {2}id = "6a7e8feb"\n {2}detail\.extra\.0 = 1\n/)
  expect(shown.stdout).not.toContain('\u001b')
  const batch = await run(['--source', 'batch', '--json'], {
    data: { alerts: [{ hosts: ['a'], risk: 500 }] },
  })
  expect(batch.code).toBe(1)
  expect(JSON.parse(batch.stdout)).toMatchObject({
    source: 'batch',
    alerts: [{ faults: ['risk_score must be at most 100'] }],
  })
  const unnamed = await run([], event())
  expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('eventbridge, batch')])
  expect((await run(['--source', 'batch'], '{')).code).toBe(1)
})

test.for([
  ['entity_id is missing', '[sources.a]\nalert_id = "x"\n', 'sources.a.entity_id'],
  ['an unknown field', '[sources.a]\nentity_id = "x"\nentity = "y"\n', 'entity'],
  ['a path with an empty name', '[sources.a]\nentity_id = "x..y"\n', 'sources.a.entity_id'],
  ['a name that is taken', '[sources.grafana]\nentity_id = "x"\n', 'grafana'],
  ['a name that no path has', '[sources."A/b"]\nentity_id = "x"\n', 'A/b'],
  ['a severity that is none', '[sources.a]\nentity_id = "x"\nseverities = { loud = "very" }\n', '"loud"'],
  ['no source', '', 'sources'],
  ['no TOML', '[sources', ':1:'],
] as const)('a file with %s is refused before anything is opened', async ([, text, named]) => {
  using directory = temporary()
  const [path, journal] = [join(directory.path, 'bad.toml'), join(directory.path, 'journal')]
  writeFileSync(path, text)
  const { code, stderr } = await iops(['serve', '--port', '0', '--store', journal, '--sources', path])
  expect(code).toBe(2)
  expect(stderr).toContain(path)
  expect(stderr).toContain(named)
  expect(existsSync(journal)).toBe(false)
})
