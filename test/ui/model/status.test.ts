import { expect, test } from 'vitest'
import type { StatusJob } from '../../../src/ui/model/effect.ts'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

/** The alert is selected by a move. */
const board = () =>
  new TestDashboard({ columns: 100 })
    .live()
    .bring(insight({ alert_id: 'a', entity_id: 'e' }))
    .press('g')

const jobs = ({ effects }: TestDashboard): readonly StatusJob[] => {
  const last = effects.at(-1)
  return last?.type === 'setStatus' ? last.jobs : []
}

test('an acknowledge is shown at once, asked of the server, and stays when it agrees', () => {
  const acked = board().press('a')
  expect(acked.list[0]).toContain(' ack ')
  expect(jobs(acked)).toEqual([{ alertId: 'a', status: 'acknowledged', from: 'open', ifMatch: undefined }])
  const [job] = jobs(acked)
  acked.store.answered(
    [{ job: job!, insight: insight({ alert_id: 'a', entity_id: 'e', status: 'acknowledged' }), etag: '"1"' }],
    false,
  )
  expect(acked.list[0]).toContain(' ack ')
  expect(acked.foot).toContain('1 alert acknowledged; u takes it back (e)')
})

test('what the server refuses is taken back, in words', () => {
  const refused = board().press('R')
  expect(refused.list[0]).toContain(' resolved ')
  refused.store.answered([{ job: jobs(refused)[0]!, refused: 'someone else was first' }], false)
  expect(refused.list[0]).toContain(' open ')
  expect(refused.foot).toContain('not changed: someone else was first')
  expect(refused.press('u').foot).toContain('nothing to undo')
})

test('undo asks for the status before, only if the alert is still the version that we made', () => {
  const undone = board().press('a')
  undone.store.answered(
    [
      {
        job: jobs(undone)[0]!,
        insight: insight({ alert_id: 'a', entity_id: 'e', status: 'acknowledged' }),
        etag: '"v2"',
      },
    ],
    false,
  )
  undone.press('u')
  expect(jobs(undone)).toMatchObject([{ alertId: 'a', status: 'open', ifMatch: '"v2"' }])
  expect(undone.list[0]).toContain(' open ')
})

const folded = () =>
  new TestDashboard()
    .live()
    .bring(
      ...[1, 2, 3].map((index) => insight({ alert_id: `a${index}`, entity_id: 'e' })),
      insight({ alert_id: 'a4', entity_id: 'e', status: 'acknowledged' }),
    )
    .press('g')

test('more than one alert needs its number typed', () => {
  const asked = folded().press('a')
  expect(asked.foot).toContain('type 3 to acknowledge 3 alerts')
  expect(asked.effects).toEqual([])
  expect(asked.type('4').press('return').effects).toEqual([])
  expect(asked.foot).toContain('nothing changed')
  expect(folded().press('a').type('3').press('escape').effects).toEqual([])
  expect(jobs(folded().press('a').type('3').press('return')).map(({ alertId }) => alertId)).toEqual([
    'a1',
    'a2',
    'a3',
  ])
})

test('what is asked before many alerts change, or before a copy, is asked of those on the screen', () => {
  const asked = folded().press('a')
  asked.bring(insight({ alert_id: 'b', timestamp: '2026-11-23T14:30:00.000Z' }))
  expect(jobs(asked.type('3').press('return')).map(({ alertId }) => alertId)).toEqual(['a1', 'a2', 'a3'])
  const copying = board().press('Y')
  copying.bring(insight({ alert_id: 'b', timestamp: '2026-11-23T14:30:00.000Z' })).press('j')
  expect(copying.effects).toEqual([{ type: 'copy', alertId: 'a', form: 'json' }])
})

test('of two changes in a row the second stays shown while only the first is answered', () => {
  const both = board().press('a')
  const [first] = jobs(both)
  both.press('R')
  both.store.answered(
    [
      {
        job: first!,
        insight: insight({ alert_id: 'a', entity_id: 'e', status: 'acknowledged' }),
        etag: '"1"',
      },
    ],
    false,
  )
  expect(both.list[0]).toContain(' resolved ')
})

test('an alert that is acknowledged already asks nothing of the server', () => {
  const done = new TestDashboard()
    .live()
    .bring(insight({ alert_id: 'a', status: 'acknowledged' }))
    .press('g', 'a')
  expect(done.effects).toEqual([])
  expect(done.foot).toContain('already acknowledged')
  done.bring(insight({ alert_id: 'a', status: 'resolved' })).press('a')
  expect(done.foot).toContain('already resolved')
})

test.each([
  [40, 12, ' type 12 to acknowledge 12 alerts: 12'],
  [40, 1200, ' type 1200 to acknowledge: 1200'],
  [60, 12, ' type 12 to acknowledge 12 alerts: 12    esc cancels'],
])(
  'at %i columns it says which number changes %i alerts, and shows what is typed',
  (columns, count, foot) => {
    const asking = new TestDashboard({ columns })
      .live()
      .bring(
        ...Array.from({ length: count }, (_, index) => insight({ alert_id: `a${index}`, entity_id: 'e' })),
      )
      .press('g', 'a')
      .type(String(count))
    expect(asking.foot.trimEnd()).toBe(foot)
  },
)
