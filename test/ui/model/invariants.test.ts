import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keys } from '../../../src/ui/input/keys.ts'
import { listHeight, viewportOf } from '../../../src/ui/model/list/viewport.ts'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const start = Date.parse('2026-11-23T14:00:00Z')

/** Few ids and entities, so that alerts change, repeat, fold, are let go and leave the filter. */
const alerts = fc.array(
  fc
    .record({
      id: fc.nat(60),
      entity: fc.nat(12),
      second: fc.nat(600),
      risk_score: fc.integer({ min: 0, max: 100 }),
      status: fc.constantFrom('open' as const, 'open' as const, 'resolved' as const),
    })
    .map(({ id, entity, second, ...rest }) =>
      insight({
        alert_id: `a${id}`,
        entity_id: `e${entity}`,
        timestamp: new Date(start + second * 1000).toISOString(),
        ...rest,
      }),
    ),
  { minLength: 1, maxLength: 8 },
)
const chords = keys.flatMap((key) => key.keys)
/** Not of the person's doing. */
const event = fc.oneof(
  { weight: 6, arbitrary: alerts.map((come) => (board: TestDashboard) => void board.bring(...come)) },
  {
    weight: 1,
    arbitrary: alerts.map((come) => (board: TestDashboard) => board.store.setOlder({ kind: 'more' }, come)),
  },
  {
    weight: 1,
    arbitrary: fc.nat(600).map((second) => (board: TestDashboard) => {
      const at = start + second * 1000
      board.feed.emit({ type: 'resumed', downAt: at, upAt: at, replayed: 0, gap: undefined })
      board.wait(200)
    }),
  },
)
/** Of the person's doing. */
const deed = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(...chords, 'j', 'j', 'k', 'space', '3', '/status:open', '/risk>=50')
      .map((chord) => (board: TestDashboard) => {
        if (chord.length > 1 && chord.startsWith('/'))
          board.press('escape', '/').type(chord.slice(1)).press('return')
        else board.press(chord)
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom([40, 10], [80, 12], [140, 16]).map(
      ([columns = 80, rows = 24]) =>
        (board: TestDashboard) =>
          board.store.resize(columns, rows),
    ),
  },
)

const keysOf = ({ store }: TestDashboard) => {
  const { rows } = store.alerts
  return rows.slice(0, rows.size).map(({ key }) => key)
}

test('whatever happens, selection, place and count above are those of rows that are there', () => {
  const steps = fc.array(
    fc.oneof(
      event.map((act) => ({ act, isEvent: true })),
      deed.map((act) => ({ act, isEvent: false })),
    ),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(steps, (sequence) => {
      const board = new TestDashboard({ rows: 12, capacity: 40 }).live()
      for (const { act, isEvent } of sequence) {
        const before = { ...board.store.state, keys: keysOf(board) }
        act(board)
        const { state, alerts } = board.store
        const { rows } = alerts
        const { top } = viewportOf(state)
        expect(state.offset).toBeGreaterThanOrEqual(0)
        expect(state.offset).toBeLessThan(listHeight(state))
        expect(top).toBeGreaterThanOrEqual(0)
        if (state.selected !== undefined) expect(rows.at(state.selectedRank)?.key).toBe(state.selected)
        else expect(rows.slice(0, rows.size).every(({ kind }) => kind === 'gap')).toBe(true)
        expect(state.newAbove).toBeLessThanOrEqual(top)
        if (state.follow) expect([top, state.newAbove]).toEqual([0, 0])
        const held = rows.slice(0, rows.size).flatMap((row) => (row.kind === 'alert' ? row.alerts : []))
        expect(held).toHaveLength(alerts.figures.matching)
        expect(new Set(held.map(({ id }) => id)).size).toBe(held.length)
        if (!isEvent) continue
        // Nothing that comes takes the selection from its alert, and nothing that comes live touches a frozen view.
        if (!before.follow && before.selected !== undefined && rows.get(before.selected))
          expect(state.selected).toBe(before.selected)
        if (before.frozen && state.older === before.older) expect(keysOf(board)).toEqual(before.keys)
      }
    }),
    { numRuns: 300 },
  )
})
