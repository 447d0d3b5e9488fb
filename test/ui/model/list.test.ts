import { expect, test } from 'vitest'
import type { KnownInsight } from '../../../src/protocol/insight/insight.ts'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const at = (second: number) => new Date(Date.parse('2026-11-23T14:00:00Z') + second * 1000).toISOString()
const one = (index: number, content: Partial<KnownInsight> = {}) =>
  insight({ alert_id: `a${index}`, entity_id: `e${index}`, timestamp: at(index), risk_score: 50, ...content })
const some = (count: number, from = 0) => Array.from({ length: count }, (_, index) => one(from + index))

test('following, the newest is first and selected', () => {
  const board = new TestDashboard().live().bring(...some(3))
  expect(board.selected).toBe('a2')
  board.bring(one(3))
  expect(board.selected).toBe('a3')
  expect(board.list[0]).toContain('e3')
})

test('moving away stops following; the selection stays on its alert and on its line', () => {
  const board = new TestDashboard()
    .live()
    .bring(...some(30))
    .press('j', 'j')
  expect(board.selected).toBe('a27')
  const line = board.list.findIndex((text) => text.includes('e27'))
  board.bring(...some(7, 30))
  expect(board.selected).toBe('a27')
  expect(board.list.findIndex((text) => text.includes('e27'))).toBe(line)
  expect(board.screen).toContain('7 new above · G for live')
  board.press('G')
  expect(board.selected).toBe('a36')
  expect(board.screen).not.toContain('new above')
})

test('an empty list has no place in it', () => {
  const board = new TestDashboard()
    .live()
    .bring(...some(30))
    .press('j')
  expect(board.screen).toContain('2 of 30 · G for live')
  board.press('/').type('nowhere')
  expect(board.screen).toContain('no alert matches')
  expect(board.screen).toContain('── G for live')
  expect(board.screen).not.toMatch(/\d of 0/)
})

test('jjj moves three, pages move pages, and the ends are ends', () => {
  const board = new TestDashboard()
    .live()
    .bring(...some(100))
    .press('j', 'j', 'j')
  expect(board.selected).toBe('a96')
  board.press('pageDown')
  expect(board.selected).toBe('a77')
  board.press('end')
  expect(board.selected).toBe('a0')
  board.press('j')
  expect(board.selected).toBe('a0')
  board.press('g')
  expect(board.selected).toBe('a99')
  board.press('^d', '^u', 'k')
  expect(board.selected).toBe('a99')
})

test('when the selected alert goes, its neighbour is selected', () => {
  const board = new TestDashboard({ capacity: 5 })
    .live()
    .bring(...some(5))
    .press('end')
  expect(board.selected).toBe('a0')
  board.bring(one(5))
  expect(board.selected).toBe('a1')
})

test('space freezes the view and counts what comes; space again takes it in', () => {
  const board = new TestDashboard()
    .live()
    .bring(...some(3))
    .press('space')
  const before = board.list
  board.bring(...some(4, 3))
  expect(board.list.slice(0, 3)).toEqual(before.slice(0, 3))
  expect(board.lines[0]).toContain('‖ frozen +4')
  board.press('space')
  expect(board.lines[0]).not.toContain('frozen')
  expect(board.selected).toBe('a6')
})

test('s sorts by time, risk, entity, rising', () => {
  const board = new TestDashboard()
    .live()
    .bring(
      one(1, { risk_score: 90 }),
      one(2, { risk_score: 20 }),
      one(2, { risk_score: 60 }),
      one(3, { risk_score: 30 }),
    )
  const orders = ['time', 'risk', 'entity', 'rising'].map((sort) => {
    expect(board.lines[1]).toContain(`sort ${sort}`)
    const order = board.list.slice(0, 3).map((line) => /e\d/.exec(line)?.[0])
    board.press('s')
    return order.join(' ')
  })
  expect(orders).toEqual(['e3 e2 e1', 'e1 e2 e3', 'e1 e2 e3', 'e2 e3 e1'])
})

test('x folds and unfolds repeats', () => {
  const board = new TestDashboard()
    .live()
    .bring(...[1, 2, 3].map((index) => one(index, { entity_id: 'same' })))
  expect(board.list.filter((line) => line.includes('same'))).toHaveLength(1)
  expect(board.list[0]).toContain('×3')
  board.press('x')
  expect(board.list.filter((line) => line.includes('same'))).toHaveLength(3)
})

test('the selection goes with its alert into a fold and out of it', () => {
  const repeats = [0, 10, 20].map((index) => one(index, { entity_id: 'same' }))
  const board = new TestDashboard()
    .live()
    .bring(...repeats, ...some(6, 21), ...some(5, 11))
    .press(...Array.from({ length: 6 }, () => 'j'))
  expect(board.selected).toBe('a20')
  expect(board.press('x').selected).toBe('a20')
  board.press('j', 'j', 'j', 'j', 'j', 'j')
  expect(board.selected).toBe('a10')
  expect(board.press('x').selected).toBe('a20')
})

test('frozen, what waits does not come in with a page of older alerts either', () => {
  const board = new TestDashboard()
    .live()
    .bring(...some(3, 10))
    .press('space')
    .bring(one(20))
  board.store.setOlder({ kind: 'end' }, [one(20), one(12), one(2)])
  expect(board.list.flatMap((line) => /\be\d+/.exec(line)?.[0] ?? [])).toEqual(['e12', 'e11', 'e10', 'e2'])
  expect(board.press('space').list[0]).toContain('e20')
})

test('frozen, a cut of the link waits like everything else', () => {
  const board = new TestDashboard()
    .live()
    .bring(...some(3))
    .press('space')
  board.feed.emit({ type: 'resumed', downAt: board.now, upAt: board.now, replayed: 0, gap: undefined })
  expect(board.wait(1000).screen).not.toContain('link down')
  expect(board.press('space').screen).toContain('link down')
})

test('of many cuts of the link the last hundred stay', () => {
  const board = new TestDashboard({ rows: 200 }).live().bring(one(0))
  for (let cut = 1; cut <= 130; cut++)
    board.feed.emit({ type: 'resumed', downAt: cut, upAt: Date.parse(at(cut)), replayed: 0, gap: undefined })
  expect(board.wait(1000).list.filter((line) => line.includes('link down'))).toHaveLength(100)
})

test('e and w jump to the next critical and warning, E and W back', () => {
  const risks = [10, 85, 20, 65, 30, 99, 40]
  const board = new TestDashboard()
    .live()
    .bring(...risks.map((risk_score, index) => one(index, { risk_score })))
  expect(board.press('e').selected).toBe('a5')
  expect(board.press('e').selected).toBe('a1')
  expect(board.press('e').selected).toBe('a1')
  expect(board.foot).toContain('no critical further down; End loads older ones')
  board.store.setOlder({ kind: 'end' })
  expect(board.press('e').foot.trimEnd()).toBe(' no critical further down')
  expect(board.press('W').selected).toBe('a3')
  expect(board.press('E').selected).toBe('a5')
})

test('a cut of the link is a row of its own, which nobody can select', () => {
  const board = new TestDashboard().live().bring(one(1))
  const downAt = Date.parse(at(10))
  board.feed.emit({ type: 'resumed', downAt, upAt: downAt + 12_000, replayed: 37, gap: undefined })
  board.bring(one(60), one(61))
  expect(board.list[2]).toMatch(/^ ── link down \d\d:\d\d:10–\d\d:\d\d:22 · 37 replayed · 0 lost ─+$/)
  expect(board.press('j', 'j').selected).toBe('a1')
})

test('a cut that nothing came after is on the screen, live and at the first row', () => {
  const board = new TestDashboard().live().bring(...some(40))
  board.feed.emit({ type: 'resumed', downAt: board.now, upAt: board.now, replayed: 0, gap: 'no-ids' })
  board.wait(1000)
  expect(board.list[0]).toContain('link down')
  expect(board.selected).toBe('a39')
  expect(board.press('end').screen).not.toContain('link down')
  expect(board.press('g').list[0]).toContain('link down')
})

test('a gap that may have lost alerts says so', () => {
  const board = new TestDashboard().live()
  board.feed.emit({ type: 'resumed', downAt: 0, upAt: 1, replayed: 0, gap: 'foreign' })
  board.bring(one(1))
  expect(board.screen).toContain('some may be missing')
})

test('t switches ages and times, z the zone', () => {
  const board = new TestDashboard({ columns: 100 }).live().bring(one(0))
  expect(board.list[0]).toContain(' 30m ')
  board.press('z')
  expect(board.list[0]).toContain('14:00:00')
  expect(board.list.length && board.screen).toContain('UTC')
  board.press('t')
  expect(board.list[0]).toContain(' 30m ')
})

test('the bound of the list is said, and what was let go', () => {
  const board = new TestDashboard({ columns: 120, capacity: 10 }).live().bring(...some(25))
  expect(board.lines[1]).toContain('10 held, 15 let go')
  expect(board.screen).toContain('10 alerts held, older ones were let go')
})

test('the end of the list asks for older alerts, and shows them when they are there', () => {
  const board = new TestDashboard().live().bring(...some(3, 10))
  expect(board.store.view().wantsOlder).toBe(true)
  board.store.setOlder({ kind: 'loading' })
  expect(board.store.view().wantsOlder).toBe(false)
  board.store.setOlder({ kind: 'end' }, some(10))
  expect(board.list.slice(0, 13).map((line) => /e\d+/.exec(line)?.[0])).toEqual(
    Array.from({ length: 13 }, (_, index) => `e${12 - index}`),
  )
  expect(board.screen).toContain('no older alerts')
})
