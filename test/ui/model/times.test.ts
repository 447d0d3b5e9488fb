import { describe, expect, test } from 'vitest'
import { boardOfThree, TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

/** In UTC, so that no zone decides. Noon of today, and of the day before. */
const board = (columns: number) =>
  new TestDashboard({ columns })
    .live()
    .bring(
      insight({ alert_id: 'today', timestamp: '2026-11-23T12:00:01.000Z' }),
      insight({ alert_id: 'before', timestamp: '2026-11-22T12:00:01.000Z' }),
      insight({ alert_id: 'last year', timestamp: '2025-11-22T12:00:01.000Z' }),
    )
    .press('z')

describe('t', () => {
  test('at 80×24 keeps a column of times, and those of another day have a date', () => {
    const { lines } = board(80)
    expect(lines[2]).toMatch(/RISK +UTC +×N +TYPE +ENTITY +EXPLANATION/)
    expect(lines[3]).toMatch(/ {5}12:00:01 {8}churn_risk/)
    expect(lines[4]).toMatch(/ {2}11-22 12:00 {8}churn_risk/)
    expect(lines[5]).toMatch(/ {3}2025-11-22 {8}churn_risk/)
  })

  test('at 110 columns the time of another day is whole', () => {
    expect(board(110).lines[4]).toMatch(/ {2}11-22 12:00:01 /)
  })

  test.each([52, 60, 70, 80, 90, 100, 119])('keeps the column at %i columns', (columns) => {
    expect(boardOfThree({ columns }).press('t').lines[2]).toContain('TIME')
  })
})

test('a cut of the link on another day has a date, and so have the versions of an alert', () => {
  const cut = board(110)
  const upAt = Date.parse('2026-11-22T12:30:00.000Z')
  cut.feed.emit({ type: 'resumed', downAt: upAt - 1000, upAt, replayed: 3, gap: undefined })
  expect(cut.wait(200).screen).toContain('link down 11-22 12:29:59–11-22 12:30:00 · 3 replayed')
  cut.bring(insight({ alert_id: 'before', timestamp: '2026-11-22T12:00:01.000Z', risk_score: 61 }))
  cut.press('g', 'j', 'return')
  expect(cut.screen).toMatch(/2 versions seen\n +11-22 12:00:01 +61 /)
})

const shown = ({ list }: TestDashboard) => list.flatMap((line) => /\be\d/.exec(line)?.[0] ?? [])

test('alerts of one time stand in the order of the server: by id, the greatest first', () => {
  const ids = ['b', 'a10', 'c', 'a9', 'B', 'a']
  const same = new TestDashboard()
    .live()
    .bring(...ids.map((alert_id) => insight({ alert_id, entity_id: `e${ids.indexOf(alert_id)}` })))
  const entities = ids
    .toSorted()
    .toReversed()
    .map((id) => `e${ids.indexOf(id)}`)
  expect(shown(same)).toEqual(entities)
  expect(shown(same.press('x'))).toEqual(entities)
  expect(shown(same.press('s'))).toEqual(entities)
})
