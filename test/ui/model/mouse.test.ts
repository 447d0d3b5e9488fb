import { expect, test } from 'vitest'
import { type DashboardSetup, TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const start = Date.parse('2026-11-23T14:00:00Z')
const board = (setup: DashboardSetup = {}) =>
  new TestDashboard(setup).live().bring(
    ...Array.from({ length: 40 }, (_, index) =>
      insight({
        alert_id: `a${index}`,
        entity_id: `e${index}`,
        timestamp: new Date(start + index * 1000).toISOString(),
        explanation: 'x'.repeat(index === 39 ? 2000 : 10),
      }),
    ),
  )
const click = (row: number, column = 5) => ({ kind: 'click', column, row, lines: 0 }) as const
const wheel = (lines: number) => ({ kind: 'wheel', column: 5, row: 5, lines }) as const

test('a click selects the row that it is on, beside an open detail too, and none elsewhere', () => {
  const wide = board({ columns: 140 }).press('return')
  wide.store.mouse(click(5))
  expect(wide.selected).toBe('a37')
  expect(wide.screen).toContain('confidence')
  for (const elsewhere of [click(8, 120), click(0), click(2), click(22), click(23)])
    wide.store.mouse(elsewhere)
  expect(wide.selected).toBe('a37')
})

test('the wheel moves the list to its very end, past a cut of the link', () => {
  const wheeled = board()
  wheeled.feed.emit({ type: 'resumed', downAt: start, upAt: start + 33_500, replayed: 0, gap: undefined })
  wheeled.wait(1000)
  wheeled.store.mouse(wheel(3))
  wheeled.store.mouse(wheel(3))
  expect(wheeled.selected).toBe('a33')
  for (let turn = 0; turn < 20; turn++) wheeled.store.mouse(wheel(3))
  expect(wheeled.selected).toBe('a0')
  for (let turn = 0; turn < 20; turn++) wheeled.store.mouse(wheel(-3))
  expect(wheeled.selected).toBe('a39')
})

test('where the detail or the help fills the screen, the wheel scrolls it', () => {
  for (const key of ['return', '?']) {
    const opened = board().press(key)
    const before = opened.screen
    opened.store.mouse(wheel(3))
    expect(opened.screen).not.toBe(before)
    expect(opened.selected).toBe('a39')
    opened.store.mouse(wheel(-3))
    expect(opened.screen).toBe(before)
  }
})
