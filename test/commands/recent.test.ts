import { describe, expect, test } from 'vitest'
import { recentCommand, type RecentOptions, runRecent } from '../../src/commands/recent.ts'
import { createTestIo, optionsOf } from '../helpers/command.ts'
import { insight } from '../helpers/insights.ts'
import { answerJson, startScriptedServer } from '../helpers/scripted-server.ts'

describe('flags', () => {
  const now = Date.parse('2026-11-23T14:00:00Z')
  const io = createTestIo({ now: () => now })

  test.each<[string[], object]>([
    [[], { limit: 50 }],
    [['-n', '7'], { limit: 7 }],
    [['--limit=1000000'], { limit: 1_000_000 }],
    [['--since', '2h'], { limit: 50, since: '2026-11-23T12:00:00.000Z' }],
    [['--until', '2026-11-23'], { limit: 50, until: '2026-11-23T00:00:00.000Z' }],
    [['--before', '2026-11-23'], { limit: 50, until: '2026-11-23T00:00:00.000Z' }],
    [['--all', '--json'], { limit: 50, all: true, json: true }],
    [['--ndjson', '--ascii', '--color', 'never'], { limit: 50, ndjson: true, ascii: true, color: 'never' }],
    [
      ['--url', 'http://h', '--profile', 'p', '--ca', 'c'],
      { limit: 50, url: 'http://h', profile: 'p', ca: 'c' },
    ],
  ])('%j', async (argv, expected) => expect(await optionsOf(recentCommand, argv, io)).toEqual(expected))

  test('a filter is parsed', async () => {
    const { filter } = await optionsOf(recentCommand, ['-f', 'risk>=80'])
    expect(filter?.matches(insight({ alert_id: 'a', risk_score: 80 }))).toBe(true)
    const { filter: empty } = await optionsOf(recentCommand, ['-f', ' '])
    expect(empty?.matches(insight({ alert_id: 'a', risk_score: 1 }))).toBe(true)
  })

  test.each([
    [['-n', '0']],
    [['-n', 'many']],
    [['--since', 'soon']],
    [['-f', 'risk>=']],
    [['--color', 'red']],
    [['--token', 'x']],
    [['--json', '--ndjson']],
    [['--json', '-q']],
    [['--before', '1h', '--until', '2h']],
    [['extra']],
  ])('%j is refused', async (argv) => {
    await expect(optionsOf(recentCommand, argv)).rejects.toThrow()
  })
})

describe('a page with items that are no insights', () => {
  const items = [
    insight({ alert_id: 'first' }),
    { alert_id: 7, risk_score: 'n/a', odd: [1] },
    insight({ alert_id: 'last', risk_score: 10 }),
    'hello \u001b[2J',
  ]
  const run = async (options: Partial<RecentOptions>) => {
    await using server = await startScriptedServer({
      '/insights/recent': (response) => answerJson(response, 200, { items }),
    })
    const io = createTestIo()
    await runRecent({ limit: 50, url: server.url, ...options }, io)
    return io.written
  }
  const named = [
    `iops: an item of the answer, {"alert_id":7,"risk_score":"n/a","odd":[1]}, can't be read as an insight (alert_id: `,
    `iops: an item of the answer, "hello \\u001b[2J", can't be read as an insight (`,
  ]

  test('--json passes it on as it came, in its place', async () => {
    const { stdout, stderr } = await run({ json: true })
    expect(JSON.parse(stdout)).toEqual(items)
    const lines = stderr.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const [index, line] of lines.entries()) expect(line).toContain(named[index])
  })

  test('--ndjson, too', async () => {
    const { stdout } = await run({ ndjson: true })
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(items)
  })

  test('the table has the others', async () => {
    const { stdout, stderr } = await run({})
    expect(stdout.match(/ first | last | hello/g)).toEqual([' first ', ' last '])
    expect(stderr.trimEnd().split('\n')).toHaveLength(2)
  })
})

test('a server that gives one page again and again is left', async () => {
  await using server = await startScriptedServer({
    '/insights/recent': (response) => answerJson(response, 200, { items: [], nextToken: 'same' }),
  })
  const io = createTestIo()
  await expect(runRecent({ limit: 50, all: true, url: server.url }, io)).rejects.toMatchObject({
    reason: 'failed',
    message: 'the server gives the same page again and again',
  })
  expect(server.visits('/insights/recent')).toHaveLength(2)
})

test('an empty nextToken ends the pages', async () => {
  await using server = await startScriptedServer({
    '/insights/recent': (response) =>
      answerJson(response, 200, { items: [insight({ alert_id: 'a' })], nextToken: '' }),
  })
  const io = createTestIo()
  await runRecent({ limit: 50, all: true, json: true, url: server.url }, io)
  expect(JSON.parse(io.written.stdout)).toHaveLength(1)
  expect(server.visits('/insights/recent')).toHaveLength(1)
})

describe('for other programs', () => {
  const ids = ['a', 'naïve\u200dé', 'x\ny', 'b']
  const run = async (options: Partial<RecentOptions>) => {
    await using server = await startScriptedServer({
      '/insights/recent': (response) =>
        answerJson(response, 200, { items: ids.map((alert_id) => insight({ alert_id })) }),
    })
    const io = createTestIo()
    await runRecent({ limit: 50, url: server.url, ...options }, io)
    return io.written.stdout
  }

  test('ids stand one a line, as they are, and none becomes two', async () => {
    expect(await run({ ids: true })).toBe('a\nnaïve\u200dé\nx y\nb\n')
  })

  test('a table without titles has a line for each', async () => {
    const whole = await run({})
    expect(await run({ headers: false })).toBe(whole.slice(whole.indexOf('\n') + 1))
    expect(whole).toMatch(/^TIME/)
  })
})
