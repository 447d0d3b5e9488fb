import { expect, test } from 'vitest'
import { displayWidth } from '../../../src/text/width.ts'
import { boardOfThree, TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

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
    const { lines } = boardOfThree({ columns, rows }).press(...keys)
    expect(lines.length).toBeLessThanOrEqual(rows)
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
  }
})

test.each([
  [30, 20],
  [80, 9],
  [5, 2],
])('a terminal of %i×%i is told that it is too small', (columns, rows) => {
  const { lines } = boardOfThree({ columns, rows })
  expect(lines.length).toBeLessThanOrEqual(rows)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns)
  if (columns > 20) expect(lines.join(' ')).toContain('40×10')
})

const heads = (columns: number) =>
  ['STATUS', 'AGE', '×N', 'TYPE', 'ENTITY', 'RISK'].filter((head) =>
    boardOfThree({ columns }).lines[2]?.includes(head),
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
  const { list } = boardOfThree()
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
      expect(boardOfThree({ ascii: true, columns }).press(...keys).screen).toMatch(/^[\x20-\x7e\n]*$/)
})

test('from 120 columns the detail stands beside the list, below it opens full-screen', () => {
  expect(boardOfThree({ columns: 119 }).press('j').screen).not.toContain('confidence')
  expect(boardOfThree({ columns: 120 }).press('j').screen).toContain('confidence')
  const narrow = boardOfThree({ columns: 80 }).press('end', 'return')
  expect(narrow.screen).toContain('https://a.example/b')
  expect(narrow.screen).not.toContain('ENTITY')
  expect(narrow.press('escape').screen).toContain('ENTITY')
})

test('live, the list has the whole width; leaving it brings the detail, G and esc close it', () => {
  const wide = boardOfThree({ columns: 140 })
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
    const open = boardOfThree({ columns }).press('return')
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

test('at 40 columns no choice is cut in two', () => {
  const { foot } = boardOfThree({ columns: 40 }).press('g', 'Y')
  expect(foot.trimEnd()).toBe(' copy as  j JSON  m markdown  c curl')
})

test('unfolded, no column counts repeats', () => {
  expect(boardOfThree({ columns: 100 }).press('x').lines[2]).toMatch(/RISK +AGE {2}STATUS +TYPE/)
})
