import { expect, test } from 'vitest'
import type { KnownInsight } from '../../../../src/protocol/insight/insight.ts'
import { TestDashboard } from '../../../helpers/dashboard.tsx'
import { insight } from '../../../helpers/insights.ts'

const at = (second: number) => new Date(Date.parse('2026-11-23T14:00:00Z') + second * 1000).toISOString()
const one = (index: number, content: Partial<KnownInsight> = {}) =>
  insight({ alert_id: `a${index}`, entity_id: `e${index}`, timestamp: at(index), risk_score: 50, ...content })
const some = (count: number, from = 0) => Array.from({ length: count }, (_, index) => one(from + index))

/** Thirty alerts, the third selected. */
const away = () =>
  new TestDashboard()
    .live()
    .bring(...some(30))
    .press('j', 'j')

test('a repeat counts once as new above, however often it comes', () => {
  const board = away()
  for (let again = 0; again < 5; again++) board.bring(one(100 + again, { entity_id: 'same' }))
  expect(board.screen).toContain('1 new above')
})

test('another order forgets what was new above in the one before', () => {
  const board = away().bring(...some(3, 30))
  expect(board.screen).toContain('3 new above')
  expect(board.press('s').screen).not.toContain('new above')
})

test('what was scrolled into view is no longer new above', () => {
  const board = away().bring(...some(7, 30))
  expect(board.screen).toContain('7 new above')
  // Two lines above the selection are on the screen, then come the new ones.
  expect(board.press('k', 'k', 'k').screen).toContain('6 new above')
  expect(board.press('g').screen).toContain('1 of 37 · G for live')
})

test('what came while the view was frozen is new above when it goes on', () => {
  const board = away()
    .press('space')
    .bring(...some(4, 30))
  expect(board.screen).not.toContain('new above')
  expect(board.press('space').screen).toContain('4 new above')
})

test('what the filter hides meanwhile is no longer above', () => {
  const board = away().press('/').type('status:open').press('return')
  board.bring(...some(3, 30))
  expect(board.screen).toContain('3 new above')
  expect(board.bring(one(31, { status: 'resolved' })).screen).toContain('2 new above')
})

test('a row above that somebody acknowledges is no news, one that repeats or rises is', () => {
  const board = away().press('end')
  expect(board.bring(one(25, { status: 'acknowledged' })).screen).not.toContain('new above')
  expect(board.bring(one(40, { entity_id: 'e25' })).screen).toContain('1 new above')
  expect(board.bring(one(26, { timestamp: at(50) })).screen).toContain('2 new above')
})

test('a row that moves down again is no longer above', () => {
  const board = away().bring(one(30))
  expect(board.screen).toContain('1 new above')
  expect(board.bring(one(30, { timestamp: at(1) })).screen).not.toContain('new above')
})
