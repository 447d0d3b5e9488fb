import { expect, test } from 'vitest'
import { displayWidth } from '../../../src/ui/text-width.ts'
import { type DashboardSetup, TestDashboard } from '../../helpers/dashboard.ts'
import { hostileStrings } from '../../helpers/hostile.ts'
import { insight } from '../../helpers/insights.ts'

const board = (setup: DashboardSetup = {}) =>
  new TestDashboard(setup).live().bring(
    insight({
      alert_id: 'a',
      entity_id: 'cust_1',
      risk_score: 97,
      explanation: 'x'.repeat(300),
      url: 'https://a.example/b',
    }),
    insight({ alert_id: 'b', entity_id: 'cust_2', risk_score: 66 }),
    insight({ alert_id: 'c', entity_id: 'cust_3', risk_score: 12 }),
  )

const sizes = [
  [40, 10],
  [60, 15],
  [80, 24],
  [119, 30],
  [120, 30],
  [140, 40],
  [250, 70],
] as const

test.each(sizes)('at %i×%i every line fits, and there are no more lines than rows', (columns, rows) => {
  for (const keys of [[], ['j'], ['return'], ['?'], ['/'], ['!'], ['Y'], ['a'], ['space']]) {
    const { lines } = board({ columns, rows }).press(...keys)
    expect(lines.length).toBeLessThanOrEqual(rows)
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
  }
})

test.each([
  [30, 20],
  [80, 9],
  [5, 2],
])('a terminal of %i×%i is told that it is too small', (columns, rows) => {
  const { lines } = board({ columns, rows })
  expect(lines.length).toBeLessThanOrEqual(rows)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  if (columns > 20) expect(lines.join(' ')).toContain('40×10')
})

const heads = (columns: number) =>
  ['STATUS', 'AGE', '×N', 'TYPE', 'ENTITY', 'RISK'].filter((head) =>
    board({ columns }).lines[2]?.includes(head),
  )

test('columns go in the order STATUS, AGE, ×N, TYPE', () => {
  expect(heads(119)).toEqual(['STATUS', 'AGE', '×N', 'TYPE', 'ENTITY', 'RISK'])
  expect(heads(80)).toEqual(['AGE', '×N', 'TYPE', 'ENTITY', 'RISK'])
  const seen = Array.from({ length: 80 }, (_, index) => heads(119 - index).join())
  for (const shown of seen)
    expect([
      'STATUS,AGE,×N,TYPE,ENTITY,RISK',
      'AGE,×N,TYPE,ENTITY,RISK',
      '×N,TYPE,ENTITY,RISK',
      'TYPE,ENTITY,RISK',
      'ENTITY,RISK',
    ]).toContain(shown)
  expect(heads(40)).toEqual(['ENTITY', 'RISK'])
})

test('severity is read without colour', () => {
  const { list } = board()
  expect(list.slice(0, 3).map((line) => line.slice(2, 14).trim())).toEqual([
    '12 · info',
    '66 ! warn',
    '97 ‼ crit',
  ])
})

test('a risk just below a severity is not rounded up into it', () => {
  const { list } = new TestDashboard().live().bring(insight({ alert_id: 'a', risk_score: 79.96 }))
  expect(list[0]).toContain('79 ! warn')
})

test('with --ascii there is nothing but ASCII', () => {
  for (const keys of [[], ['j'], ['return'], ['?'], ['/'], ['space']])
    for (const columns of [80, 140])
      // oxlint-disable-next-line no-control-regex
      expect(board({ ascii: true, columns }).press(...keys).screen).toMatch(/^[\x20-\x7e\n]*$/)
})

test('from 120 columns the detail stands beside the list, below it opens full-screen', () => {
  expect(board({ columns: 119 }).press('j').screen).not.toContain('confidence')
  expect(board({ columns: 120 }).press('j').screen).toContain('confidence')
  const narrow = board({ columns: 80 }).press('end', 'return')
  expect(narrow.screen).toContain('https://a.example/b')
  expect(narrow.screen).not.toContain('ENTITY')
  expect(narrow.press('escape').screen).toContain('ENTITY')
})

test('live, the list has the whole width; leaving it brings the detail, G and esc close it', () => {
  const wide = board({ columns: 140 })
  const isOpen = () => wide.screen.includes('confidence')
  expect(isOpen()).toBe(false)
  expect(wide.foot).toContain('⏎ detail')
  wide.press('j')
  expect(isOpen()).toBe(true)
  expect(wide.foot).toContain('esc close')
  wide.press('G')
  expect(isOpen()).toBe(false)
  expect(wide.store.state.follow).toBe(true)
  wide.press('j', 'escape')
  expect(isOpen()).toBe(false)
  // Closed is closed: moving on doesn't open it again, and esc then does what else it does.
  wide.press('j')
  expect(isOpen()).toBe(false)
  expect(wide.press('return').screen).toContain('confidence')
  expect(wide.press('escape').store.state.follow).toBe(false)
})

test.each([80, 140])(
  'at %i columns an alert opened while live stays, and esc goes back to live',
  (columns) => {
    const open = board({ columns }).press('return')
    const before = open.selected
    open.bring(insight({ alert_id: 'z', entity_id: 'cust_z', timestamp: '2026-11-23T14:31:00.000Z' }))
    expect(open.selected).toBe(before)
    expect(open.press('escape').store.state).toMatchObject({ follow: true, beside: false })
    expect(open.selected).toBe('z')
    expect(open.press('return', 'j', 'escape').store.state.follow).toBe(false)
  },
)

test('at 80 columns esc is not spent on a detail that cannot be seen', () => {
  const narrow = new TestDashboard({ filter: 'risk>=0' })
    .live()
    .bring(insight({ alert_id: 'a' }), insight({ alert_id: 'b' }))
  expect(narrow.press('j', 'escape').store.state.filter).toBe('')
})

test('the detail shows every field, also those of a newer server', () => {
  const { screen } = new TestDashboard({ columns: 80, rows: 40 })
    .live()
    .bring(
      Object.assign(
        insight({
          alert_id: 'the-id',
          recommendations: ['call them', 'offer help'],
          source: 'alertmanager',
          labels: { team: 'payments', region: 'eu' },
          acknowledged_by: 'ann',
          acknowledged_at: '2026-11-23T14:25:00.000Z',
          status: 'acknowledged',
        }),
        { tomorrow: 'a new field' },
      ),
    )
    .press('z', 'return')
  for (const text of [
    'churn_risk',
    'likely to leave',
    '1  call them',
    '2  offer help',
    '90 %',
    'model-1',
    'alertmanager',
    'ann, 2026-11-23 14:25:00Z',
    'team=payments',
    'region=eu',
    'the-id',
    'a new field',
  ])
    expect(screen).toContain(text)
})

test('risk over time is a sparkline from the versions seen', () => {
  const risen = new TestDashboard({ columns: 140 }).live()
  for (const [index, risk_score] of [20, 40, 95].entries())
    risen.bring(insight({ alert_id: 'a', risk_score, timestamp: new Date(index * 1000).toISOString() }))
  risen.press('return')
  expect(risen.screen).toMatch(/risk +▂▄█ 20 → 95/)
  expect(risen.screen).toContain('3 versions seen')
})

test('the header tells quiet from dead', () => {
  const quiet = new TestDashboard({ columns: 100 }).live()
  quiet.store.setOlder({ kind: 'end' })
  expect(quiet.lines[0]).toContain('● live')
  expect(quiet.screen).toContain('no alerts, beat 2 s ago')
  expect(quiet.bring(insight({ alert_id: 'a' })).list[0]).toContain('entity-a')
  const moods = () =>
    quiet.store
      .view()
      .panes[0]?.lines.slice(0, 2)
      .map(({ mood }) => mood)
  expect(moods()).toEqual([undefined, undefined])
  expect(quiet.wait(39_000).lines[0]).toContain('no beat for 41s')
  expect(moods()).toEqual(['faded', 'faded'])
})

test('a server that beats slowly is not late for it', () => {
  const slow = board({ columns: 100 })
  slow.feed.become({ beatMs: 60_000 })
  expect(slow.wait(70_000).lines[0]).toContain('beat 1m')
  expect(slow.wait(10_000).lines[0]).toContain('no beat for 1m')
})

test('a beat that grows older moves nothing in the header', () => {
  const quiet = board({ columns: 60 })
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

test('at 40 columns no choice is cut in two', () => {
  const { foot } = board({ columns: 40 }).press('Y')
  expect(foot.trimEnd()).toBe(' copy as  j JSON  m markdown  c curl')
})

test('not connected: countdown, attempt, address, age of the data, reason, and rows that are faded', () => {
  const down = board({ columns: 110 })
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
  const list = down.store.view().panes.find(({ key }) => key === 'list')
  expect(list?.lines.slice(0, 4).every(({ mood }) => mood === 'faded')).toBe(true)
  down.live()
  expect(down.lines[0]).toContain('● live')
})

test.each([
  ['retrying', / ↻ retry in 4s {2}data 41s old +‼ 3 $/],
  ['connecting', / ○ connecting {2}data 41s old +‼ 3 $/],
  ['stopped', / ■ stopped {2}data 41s old {2}ECONNREFUSED$/],
] as const)('not connected at 40 columns, %s: what matters most stays', (status, line) => {
  const down = board({ columns: 40, rows: 10 })
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
  const totals = board({ columns: 110 })
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
  expect(totals.lines[0]).toMatch(/‼ 3 {2}! 11 {2}· 204 $/)
  expect(totals.lines[1]).toMatch(/1h ▁▃█ 218/)
  totals.press(']')
  expect(totals.store.state.range).toBe('3h')
  expect(totals.press('[', '[').store.state.range).toBe('1h')
  totals.store.setTotals({
    range: '1h',
    value: { total: 5, critical: 1, avgRisk: 1, byType: {} },
    failed: undefined,
  })
  expect(totals.wait(1000).lines[0]).toMatch(/‼ 1 {2}of 5 $/)
})

test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 12)), text] as const))(
  '%s breaks no line',
  (_, text) => {
    for (const columns of [40, 80, 140]) {
      const { lines } = new TestDashboard({ columns, rows: 30 })
        .live()
        .bring(
          insight({
            alert_id: 'a',
            entity_id: text,
            prediction_type: text,
            explanation: text,
            recommendations: [text],
            model_used: text,
            source: text,
            labels: { [text]: text },
            url: text,
          }),
        )
        .press('return')
      for (const line of lines) {
        // oxlint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
        expect(displayWidth(line)).toBeLessThanOrEqual(columns)
      }
    }
  },
)

test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 12)), text] as const))(
  'nor does %s in the words of a server, of a gap or of a failure',
  (_, text) => {
    for (const columns of [40, 80]) {
      const hostile = board({ columns })
      hostile.feed.emit({ type: 'resumed', downAt: hostile.now, upAt: hostile.now, replayed: 0, gap: text })
      hostile.store.setOlder({ kind: 'failed', reason: text })
      hostile.feed.emit({ type: 'fault', message: text })
      const { screen } = hostile
      for (const words of ['some may be missing', 'r tries again'])
        if (columns === 80) expect(screen).toContain(words)
      hostile.feed.become({ status: 'retrying', reason: text })
      for (const line of [...screen.split('\n'), ...hostile.lines]) {
        // oxlint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\p{M}{5}/u)
        expect(displayWidth(line)).toBeLessThanOrEqual(columns)
      }
    }
  },
)

test('at 40 columns the way out of a frozen view and of a failed page is on the screen', () => {
  const narrow = board({ columns: 40, rows: 10 })
    .press('space')
    .bring(insight({ alert_id: 'n' }))
  expect(narrow.screen).toContain('frozen · +1 · space goes on')
  narrow.press('space').store.setOlder({ kind: 'failed', reason: 'the server is busy' })
  expect(narrow.screen).toContain('no older alerts · r tries again')
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
  const rest = /ops:4677 {2}lag 0\.4s {2}beat 2s {3}1\/min +‼ – {2}! – {2}· – $/.source
  expect(headerAt(80)).toMatch(new RegExp(`^ iops  ● live  http://${rest}`))
  expect(headerAt(68)).toMatch(new RegExp(`^ iops  ● live  ${rest}`))
  expect(headerAt(60)).toMatch(new RegExp(`^ ● live  ${rest}`))
})

test.each([
  ['connection refused (ECONNREFUSED)', 'ECONNREFUSED'],
  ['the connection was cut (UND_ERR_SOCKET)', 'the connection was cut'],
])('not connected with little room, %s is %s', (reason, short) => {
  const down = board({ columns: 100 })
  down.feed.become({ status: 'retrying', attempt: 3, nextTryAt: down.now + 3500, reason })
  expect(down.lines[0]).toMatch(
    new RegExp(` iops   ↻ retry in 4s \\(3rd\\)   ops:4677   data 2s old   ${short} `),
  )
})

test.each([
  ['https://a.example/b', 'https://a.example/b'],
  ['javascript:alert(1)', undefined],
  ['https://a.example/\x07\x1b]0;title', undefined],
  ['https://a.example/\u202egnp', undefined],
])('of the url %j the link is %s, in the detail only', (url, link) => {
  const opened = new TestDashboard({ columns: 140 })
    .live()
    .bring(insight({ alert_id: 'a', url }))
    .press('return')
  const { panes } = opened.store.view()
  const links = panes.map(({ lines }) => lines.flatMap(({ spans }) => spans.flatMap((one) => one.link ?? [])))
  expect(links).toEqual([[], link === undefined ? [] : [link]])
})

test('unfolded, no column counts repeats', () => {
  expect(board({ columns: 100 }).press('x').lines[2]).toMatch(/RISK +AGE {2}STATUS {2}TYPE/)
})
