import { expect, test } from 'vitest'
import { boardOfThree, TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

/** Whether the rows of alerts are dim from end to end. */
const isDim = ({ drawn }: TestDashboard) =>
  drawn
    .split('\n')
    .slice(3)
    .filter((line) => line.includes('churn_risk'))
    // oxlint-disable-next-line no-control-regex
    .map(
      (line) =>
        line
          // oxlint-disable-next-line no-control-regex
          .replaceAll(/\x1b\[2m.*?\x1b\[22m/g, '')
          .replace('▌', '')
          .trim() === '',
    )

test('the header tells quiet from dead', () => {
  const quiet = new TestDashboard({ columns: 100 }).live()
  quiet.store.setOlder({ kind: 'end' })
  expect(quiet.lines[0]).toContain('● live')
  expect(quiet.screen).toContain('no alerts, beat 2 s ago')
  expect(quiet.bring(insight({ alert_id: 'a' })).list[0]).toContain('entity-a')
  expect(isDim(quiet)).toEqual([false])
  expect(quiet.wait(39_000).lines[0]).toContain('no beat for 41s')
  expect(isDim(quiet)).toEqual([true])
})

test('a server that beats slowly is not late for it', () => {
  const slow = boardOfThree({ columns: 100 })
  slow.feed.become({ beatMs: 60_000 })
  expect(slow.wait(70_000).lines[0]).toContain('beat 1m')
  expect(slow.wait(20_000).lines[0]).toContain('no beat for 1m')
})

test('a beat that grows older moves nothing in the header', () => {
  const quiet = boardOfThree({ columns: 60 })
  const at = () => [quiet.lines[0]?.includes('http'), quiet.lines[0]?.indexOf('/min')]
  const before = at()
  expect(quiet.wait(8000).lines[0]).toContain('beat 10s')
  expect(at()).toEqual(before)
})

test('the lag is that of the alert that came last, at once, and moves nothing beside it', () => {
  const lagging = new TestDashboard({ columns: 100 }).live()
  const bring = (alert_id: string, lagMs: number) => {
    lagging.feed.state = { ...lagging.feed.state, lagMs }
    return lagging.bring(insight({ alert_id })).lines[0]
  }
  expect(bring('a', 420)).toMatch(/http:\/\/ops:4677 {3}lag 0\.4s {3}beat 2s {4}1\/min/)
  expect(bring('b', 12_000)).toMatch(/lag 12s {4}beat 2s {4}2\/min/)
})

test('not connected: countdown, attempt, address, age of the data, reason, and rows that are faded', () => {
  const down = boardOfThree({ columns: 110 })
  down.feed.become({
    status: 'retrying',
    attempt: 3,
    nextTryAt: down.now + 3500,
    reason: 'ECONNREFUSED',
    lastByteAt: down.now - 41_000,
  })
  expect(down.lines[0]).toMatch(
    /^ iops {3}↻ retry in 4s \(3rd\) {3}http:\/\/ops:4677 {3}data 41s old {3}ECONNREFUSED/,
  )
  expect(down.wait(1000).lines[0]).toContain('retry in 3s')
  expect(isDim(down)).toEqual([true, true, true])
  down.live()
  expect(down.lines[0]).toContain('● live')
})

test.each([
  ['retrying', / ↻ retry in 4s {2}data 41s old +‼ 3$/],
  ['connecting', / ○ connecting {2}data 41s old +‼ 3$/],
  ['stopped', / ■ stopped {2}data 41s old {2}ECONNREFUSED$/],
] as const)('not connected at 40 columns, %s: what matters most stays', (status, line) => {
  const down = boardOfThree({ columns: 40, rows: 10 })
  const value = { total: 218, critical: 3, warning: 11, info: 204, avgRisk: 43, byType: {} }
  down.store.setTotals({ range: '1h', value, failed: undefined })
  down.feed.become({
    status,
    attempt: 3,
    nextTryAt: down.now + 3500,
    reason: 'ECONNREFUSED',
    lastByteAt: down.now - 41_000,
  })
  expect(down.lines[0]).toMatch(line)
})

test("the totals are the server's, over the range that [ and ] choose", () => {
  const totals = boardOfThree({ columns: 110 })
  const value = {
    total: 218,
    critical: 3,
    warning: 11,
    info: 204,
    avgRisk: 43.4,
    byType: {},
    buckets: [0, 2, 8].map((total) => ({ start: '', total, critical: 0 })),
  }
  totals.store.setTotals({ range: '1h', value, failed: undefined })
  totals.wait(1000)
  expect(totals.lines[0]).toMatch(/‼ 3 {2}! 11 {2}· 204$/)
  expect(totals.lines[1]).toMatch(/1h ▁▃█ 218/)
  totals.press(']')
  expect(totals.store.state.range).toBe('3h')
  expect(totals.press('[', '[').store.state.range).toBe('1h')
  totals.store.setTotals({
    range: '1h',
    value: { total: 5, critical: 1, avgRisk: 1, byType: {} },
    failed: undefined,
  })
  expect(totals.wait(1000).lines[0]).toMatch(/‼ 1 {2}of 5$/)
})

const colors: Readonly<Record<string, string>> = { 32: 'good', 33: 'warning', 94: 'accent' }

/** The first line, and the tone of what it says about the link. */
const link = ({ lines, drawn }: TestDashboard) => ({
  line: lines[0],
  // oxlint-disable-next-line no-control-regex
  tone: colors[/\x1b\[(\d+)m\S (?:live|silent|catching)/.exec(drawn)?.[1] ?? ''],
})

test('until the first beat of a connection it says that it catches up, by how many, and how far behind', () => {
  const behind = new TestDashboard({ columns: 110 }).live()
  behind.feed.become({ status: 'retrying', nextTryAt: behind.now + 4000, reason: 'cut', lagMs: undefined })
  behind.feed.become({
    status: 'live',
    connectedAt: behind.now,
    lastBeatAt: undefined,
    catchUp: { phase: 'replay', received: 0, reached: undefined },
  })
  expect(link(behind)).toMatchObject({ line: expect.stringContaining(' ⇣ catching up  '), tone: 'accent' })
  const bring = (index: number) => behind.feed.bring(insight({ alert_id: `a${index}` }), 'replay', behind.now)
  for (let index = 0; index < 12_345; index++) bring(index)
  behind.feed.state = {
    ...behind.feed.state,
    lastByteAt: behind.now,
    catchUp: { phase: 'replay', received: 12_345, reached: behind.now - 34_500 },
  }
  const { line } = link(behind.wait(1000))
  expect(line).toContain(' ⇣ catching up 12k · 35 s behind  ')
  expect(line).not.toMatch(/live|lag|beat|\/min/)
  behind.feed.become({ catchUp: undefined, lastBeatAt: behind.now })
  expect(link(behind)).toMatchObject({
    line: expect.stringMatching(/● live .* beat 0s {4}0\/min/),
    tone: 'good',
  })
})

test.each([40, 59, 60, 80, 140])('at %i columns the catching up and its count are whole', (columns) => {
  const behind = new TestDashboard({ columns }).live()
  const value = { total: 218, critical: 3, warning: 11, info: 204, avgRisk: 43, byType: {} }
  behind.store.setTotals({ range: '1h', value, failed: undefined })
  behind.feed.become({
    lastByteAt: behind.now,
    catchUp: { phase: 'replay', received: 12_345, reached: behind.now - 34_500 },
  })
  const line = behind.wait(1000).lines[0]
  expect(line).toContain(columns < 60 ? '⇣ catching up 12k ' : '⇣ catching up 12k · 35 s behind ')
  expect(line).toContain('‼ 3')
})

test('a link that has been silent for more than one and a half beats is not live, until it beats again', () => {
  const silent = new TestDashboard({ columns: 110 }).live()
  const from = silent.now
  silent.feed.become({ lastBeatAt: from })
  expect(link(silent.wait(22_500)).tone).toBe('good')
  const late = link(silent.wait(1000))
  expect(late).toMatchObject({ line: expect.stringContaining('no beat for 23s'), tone: 'warning' })
  expect(late.line).not.toContain('live')
  silent.feed.become({ lastBeatAt: silent.now })
  expect(link(silent.wait(1000)).tone).toBe('good')
})

test('a connection that never beats is late from its beginning on, also while it catches up', () => {
  const silent = new TestDashboard({ columns: 110 })
  silent.feed.become({ status: 'live', connectedAt: silent.now, lastBeatAt: undefined })
  expect(link(silent.wait(24_000)).line).toContain('no beat for 24s')
  silent.feed.become({ catchUp: { phase: 'replay', received: 3, reached: undefined } })
  expect(link(silent.wait(1000)).line).toMatch(/⇣ catching up 3 .*no byte for 25s/)
})

test('a server without beats owes none', () => {
  const old = new TestDashboard({ columns: 110 })
  old.feed.become({ status: 'live', beats: false, connectedAt: old.now, lastByteAt: old.now })
  expect(link(old.wait(600_000))).toMatchObject({ line: expect.stringContaining('● live'), tone: 'good' })
})

test('neither a snapshot nor a replay counts into the rate, and the lag goes with the last live alert', () => {
  const rate = new TestDashboard({ columns: 110 }).live()
  for (const phase of ['snapshot', 'replay', 'live'] as const)
    rate.feed.bring(insight({ alert_id: phase }), phase, rate.now)
  rate.feed.become({ lagMs: 400, lastBeatAt: rate.now })
  expect(rate.wait(1000).lines[0]).toMatch(/lag 0\.4s .* 1\/min/)
  rate.feed.become({ lastBeatAt: rate.now + 59_000 })
  expect(rate.wait(60_000).lines[0]).toMatch(/● live .* 0\/min/)
  expect(rate.lines[0]).not.toContain('lag')
})

test('nothing is painted while the clock changes nothing that is shown', () => {
  const dashboard = new TestDashboard({ columns: 100 })
    .live()
    .bring(insight({ alert_id: 'a', timestamp: '2026-11-23T12:00:00.000Z' }))
  let painted = 0
  dashboard.store.subscribe(() => painted++)
  dashboard.wait(1000)
  expect(painted).toBe(0)
  expect(dashboard.wait(1000).lines[0]).toContain('beat 4s')
  expect(painted).toBe(1)
})

/** The header of so many columns. */
const headerAt = (columns: number) => {
  const header = new TestDashboard({ columns }).live()
  header.feed.state = { ...header.feed.state, lagMs: 400 }
  return header.bring(insight({ alert_id: 'a' })).lines[0]
}

test('where the header has little room the address goes without its scheme, before anything else goes', () => {
  const rest = /ops:4677 {2}lag 0\.4s {2}beat 2s {3}1\/min +‼ – {2}! – {2}· –$/.source
  expect(headerAt(80)).toMatch(new RegExp(`^ iops  ● live  http://${rest}`))
  expect(headerAt(68)).toMatch(new RegExp(`^ iops  ● live  ${rest}`))
  expect(headerAt(60)).toMatch(new RegExp(`^ ● live  ${rest}`))
})

test.each([
  ['connection refused (ECONNREFUSED)', 'ECONNREFUSED'],
  ['the connection was cut (UND_ERR_SOCKET)', 'the connection was cut'],
])('not connected with little room, %s is %s', (reason, short) => {
  const down = boardOfThree({ columns: 100 })
  down.feed.become({ status: 'retrying', attempt: 3, nextTryAt: down.now + 3500, reason })
  expect(down.lines[0]).toMatch(
    new RegExp(` iops   ↻ retry in 4s \\(3rd\\)   ops:4677   data 2s old   ${short} `),
  )
})
