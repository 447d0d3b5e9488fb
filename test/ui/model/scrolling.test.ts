import { expect, test } from 'vitest'
import { keys } from '../../../src/ui/input/keys.ts'
import { type DashboardSetup, TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const board = (setup: DashboardSetup = {}) =>
  new TestDashboard(setup).live().bring(insight({ alert_id: 'a', explanation: 'x'.repeat(800) }))

test('a long detail scrolls, and says how much is left', () => {
  const long = board({ rows: 12 }).press('end', 'return')
  expect(long.screen).toMatch(/… \d+ lines more/)
  expect(long.press('pageDown', 'pageDown', 'pageDown').screen).not.toContain('lines more')
})

test('? shows every key, and what is typed searches it', () => {
  const help = board({ columns: 80, rows: 70 }).press('?')
  for (const words of ['freeze the view', 'next critical', 'acknowledge', 'suspend'])
    expect(help.screen).toContain(words)
  help.type('undo')
  expect(help.screen).toContain('undo the last')
  expect(help.screen).not.toContain('suspend')
  expect(help.press('escape').screen).toContain('ENTITY')
  help.press('?').store.paste(' undo\n')
  expect(help.screen).toContain('undo the last')
  expect(help.screen).not.toContain('suspend')
})

const pages = Array.from({ length: 20 }, () => 'pageDown')

test('past the end of the detail and of the help there is nothing to come back from', () => {
  for (const open of ['return', '?']) {
    const opened = board({ rows: 12 }).press('end', open)
    const end = opened.press(...pages).screen
    expect(end).not.toContain('lines more')
    expect(opened.press('pageUp').screen).toContain('lines more')
    expect(opened.press('pageDown').screen).toBe(end)
  }
})

test('the help says how much is left, and stands in two columns where there is room', () => {
  expect(board({ columns: 80 }).press('?').screen).toMatch(/\n … \d+ lines more · PgDn/)
  const wide = board({ columns: 140, rows: 40 }).press('?')
  expect(wide.screen).not.toContain('lines more')
  for (const { words } of keys) expect(wide.screen).toContain(words)
  expect(wide.screen).toMatch(/Move {30,}/)
})
