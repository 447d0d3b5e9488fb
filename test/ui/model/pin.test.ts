import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../src/ui/model/effect.ts'
import { type DashboardSetup, TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const noon = Date.parse('2026-11-23T12:00:00.000Z')
let second = 0

const alert = (alert_id: string, more: Partial<Parameters<typeof insight>[0]> = {}) =>
  insight({
    alert_id,
    entity_id: `svc_${alert_id}`,
    prediction_type: 'latency',
    timestamp: new Date(noon + second++ * 1000).toISOString(),
    ...more,
  })

const readAlert = () => alert('read', { url: 'https://runbooks.example/read' })
const repeat = (id: string) => alert(id, { entity_id: 'svc_same' })

/** Follows; `read` stood first on the screen when the key was pressed. */
const following = (setup: DashboardSetup = {}, read = alert('read')) =>
  new TestDashboard(setup).live().bring(alert('before', { timestamp: '2026-11-23T11:00:00.000Z' }), read)

/** Comes after the last frame: nobody has seen it when the next key is pressed. */
const come = (board: TestDashboard, ...ids: string[]) => {
  for (const id of ids) board.feed.bring(alert(id), 'live', board.now)
}

const acted = ({ effects }: TestDashboard): unknown[] =>
  effects.map((effect: Effect) =>
    effect.type === 'setStatus'
      ? effect.jobs.map(({ alertId, status }) => `${status} ${alertId}`).join()
      : effect.type === 'copy'
        ? `${effect.form} ${effect.alertId}`
        : effect.type === 'openLink'
          ? effect.url
          : effect.type,
  )

describe.each([
  ['a', 'ack', 'acknowledged read'],
  ['R', 'resolve', 'resolved read'],
  ['y', 'copy', 'id read'],
  ['o', 'open', 'https://runbooks.example/read'],
])('while the list follows, %s', (key, word, deed) => {
  test('acts on nothing, and names the row that stood first when it was pressed', () => {
    const board = following({}, readAlert())
    come(board, 'new1', 'new2')
    board.press(key)
    expect(acted(board)).toEqual([])
    expect(board.foot).toBe(` ${word} latency svc_read? ${key} again, esc`)
    expect(board.selected).toBe('read')
    expect(board.store.state.follow).toBe(false)
  })

  test('acts on that row when pressed again, whatever has come since', () => {
    const board = following({}, readAlert())
    come(board, 'new1')
    board.press(key)
    board.bring(alert('new2'), alert('new3'))
    expect(board.foot).toBe(` ${word} latency svc_read? ${key} again, esc`)
    come(board, 'new4')
    board.press(key)
    expect(acted(board)).toEqual([deed])
    expect(board.selected).toBe('read')
    expect(board.store.state.mode.kind).toBe('list')
  })

  test('is taken back by esc, which follows again', () => {
    const board = following({}, readAlert()).press(key)
    board.bring(alert('new1')).press('escape')
    expect(acted(board)).toEqual([])
    expect(board.selected).toBe('new1')
    expect(board.store.state).toMatchObject({ follow: true, mode: { kind: 'list' } })
    expect(board.bring(alert('new2')).selected).toBe('new2')
  })

  test('acts at once on a row that was chosen by moving', () => {
    const board = following({}, alert('other')).bring(readAlert(), alert('top')).press('j')
    expect(board.selected).toBe('read')
    expect(acted(board.press(key))).toEqual([deed])
  })

  test('acts at once on the row of the mouse', () => {
    const board = following({}, alert('other')).bring(readAlert(), alert('top'))
    board.store.mouse({ kind: 'click', column: 5, row: 4, lines: 0 })
    expect(acted(board.press(key))).toEqual([deed])
  })

  test('acts at once on an alert that was opened, which is the one that stood first', () => {
    const board = following({}, readAlert())
    come(board, 'new1')
    board.press('return')
    board.bring(alert('new2'))
    expect(board.screen).toContain('svc_read')
    expect(acted(board.press(key))).toEqual([deed])
  })

  test('acts at once in a paused view, which shows what it showed when it was paused', () => {
    const board = following({}, readAlert())
    come(board, 'new1')
    board.press('space')
    board.bring(alert('new2'))
    expect(board.list[0]).toContain('svc_read')
    expect(acted(board.press(key))).toEqual([deed])
  })
})

test('the row that is named keeps its line, and what came between the last frame and the key counts as new above', () => {
  const board = new TestDashboard()
    .live()
    .bring(...Array.from({ length: 40 }, (_, index) => alert(`row${index}`)))
  come(board, 'new1', 'new2')
  board.press('a')
  expect(board.list[0]).toContain('svc_row39')
  expect(board.screen).toContain('2 new above')
})

test('Y names the row, too, and then asks in which form', () => {
  const board = following()
  come(board, 'new')
  board.press('Y')
  expect(board.foot).toBe(' copy latency svc_read? Y again, esc')
  board.press('Y')
  expect(board.foot).toContain('copy as')
  expect(acted(board.press('j'))).toEqual(['json read'])
})

test('another key does its own thing', () => {
  expect(following().press('a', 'j').selected).toBe('before')
  expect(following().press('a', 'j').foot).not.toContain('again')
  expect(acted(following().press('a', 'R'))).toEqual(['resolved read'])
  expect(following().press('a', 'G').store.state.follow).toBe(true)
  expect(following().press('a', 's').store.state.sort).toBe('risk')
  expect(acted(following().press('a', 'q'))).toEqual(['quit'])
})

test('a key that means nothing leaves the question standing', () => {
  expect(acted(following().press('a', 'Q', 'a'))).toEqual(['acknowledged read'])
})

test('in another order than by time the first row is the one that is named', () => {
  const board = following().press('s')
  board.bring(alert('worst', { risk_score: 99 }))
  board.feed.bring(alert('even worse', { risk_score: 100 }), 'live', board.now)
  expect(board.press('a').foot).toBe(' ack latency svc_worst? a again, esc')
  expect(acted(board.press('a'))).toEqual(['acknowledged worst'])
})

test('with a filter the first row that shows is the one that is named', () => {
  const board = following({ filter: 'risk>=90' })
    .bring(alert('high', { risk_score: 95 }))
    .bring(alert('low', { risk_score: 5 }))
  board.feed.bring(alert('higher', { risk_score: 96 }), 'live', board.now)
  expect(board.press('a').foot).toBe(' ack latency svc_high? a again, esc')
})

test('of a folded row only the alerts that it had are meant', () => {
  const board = following({ columns: 100 })
  board.bring(repeat('r1'), repeat('r2'))
  board.feed.bring(repeat('r3'), 'live', board.now)
  expect(board.press('a').foot).toBe(' ack 2 × latency svc_same? a again, esc')
  board.bring(repeat('r4'))
  expect(board.press('a').foot).toContain('type 2 to acknowledge 2 alerts')
  expect(acted(board.type('2').press('return'))).toEqual(['acknowledged r1,acknowledged r2'])
})

test('a single alert that others joined under the hand is still the only one that is meant', () => {
  const board = following({}, alert('r1', { entity_id: 'svc_same' })).press('a')
  board.bring(alert('r2', { entity_id: 'svc_same' }))
  expect(acted(board.press('a'))).toEqual(['acknowledged r1'])
})

test('a row that goes takes nothing with it: the alert that was named is meant', () => {
  const board = following({ filter: 'status:open' }).press('a')
  board.bring(insight({ alert_id: 'read', entity_id: 'svc_read', status: 'resolved' }))
  expect(board.foot).toBe(' ack latency svc_read? a again, esc')
  expect(acted(board.press('a'))).toEqual(['acknowledged read'])
})

test('a row that took the place of a chosen one is named before a key acts on it', () => {
  const board = following({ filter: 'status:open' }).bring(alert('third')).press('j')
  expect(board.selected).toBe('read')
  board.bring(insight({ alert_id: 'read', entity_id: 'svc_read', status: 'resolved' }))
  expect(board.selected).toBe('before')
  expect(board.press('a').foot).toBe(' ack latency svc_before? a again, esc')
  expect(acted(board)).toEqual([])
  expect(board.press('escape').store.state.follow).toBe(false)
  expect(acted(board.press('a', 'a'))).toEqual(['acknowledged before'])
})

test('one after the other: the row that takes the place of one that we changed is acted on at once', () => {
  const board = following({ filter: 'status:open' }).bring(alert('third')).press('j', 'a')
  board.bring(insight({ alert_id: 'read', entity_id: 'svc_read', status: 'acknowledged' }))
  expect(board.selected).toBe('before')
  expect(acted(board.press('a'))).toEqual(['acknowledged read', 'acknowledged before'])
})

test('a filter of our own moves the selection without a question', () => {
  const board = following()
    .bring(alert('low', { risk_score: 5 }))
    .press('g')
  board.press('/').type('risk>=50').press('return')
  expect(board.selected).toBe('read')
  expect(acted(board.press('a'))).toEqual(['acknowledged read'])
})

test('a burst that is too large to wait for the next frame does not change which row was first', () => {
  const board = following()
  come(board, ...Array.from({ length: 3000 }, (_, index) => `burst${index}`))
  expect(board.press('a').foot).toBe(' ack latency svc_read? a again, esc')
  const moving = following()
  come(moving, ...Array.from({ length: 3000 }, (_, index) => `burst${index}`))
  expect(moving.press('j').selected).toBe('before')
})

test('the first alert below a cut of the link is the one that is named', () => {
  const board = following()
  const at = board.now
  board.feed.emit({ type: 'resumed', downAt: at, upAt: at, replayed: 0, gap: undefined })
  expect(board.wait(200).list[0]).toContain('link down')
  expect(board.press('a').foot).toBe(' ack latency svc_read? a again, esc')
})

test('without alerts there is nothing to act on', () => {
  const empty = new TestDashboard().live().press('a')
  expect(empty.foot).toContain('there is no alert to act on')
  expect(empty.store.state).toMatchObject({ follow: true, mode: { kind: 'list' } })
})

test.each([40, 60, 80, 140])('at %i columns what is asked and the keys are whole', (columns) => {
  const long = alert('x', { prediction_type: 't'.repeat(90), entity_id: `日本${'e'.repeat(90)}` })
  const { foot } = following({ columns }, long).press('R')
  expect(foot).toMatch(/^ resolve t.*… 日本.*…\? R again, esc$/)
  expect(foot.length).toBeLessThanOrEqual(columns)
})

test('what is named can not write to the terminal', () => {
  const board = following({}, alert('x', { prediction_type: '\x1b]0;t\x07', entity_id: 'a\nb\u202e' })).press(
    'a',
  )
  expect(board.foot).toBe(' ack ^[]0;t^G a b\\u202e? a again, esc')
})
