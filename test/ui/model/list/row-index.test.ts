import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LiveList } from '../../../../src/ui/model/list/live-list.ts'
import { parseFilter } from '../../../../src/protocol/filter/filter.ts'
import { type Row, sorts } from '../../../../src/ui/model/list/row.ts'
import { type Arrangement, RowIndex } from '../../../../src/ui/model/list/row-index.ts'
import { insight } from '../../../helpers/insights.ts'

const change = fc.record({
  alert_id: fc.integer({ min: 0, max: 60 }).map(String),
  entity_id: fc.constantFrom('e1', 'e2', 'e3', 'e4'),
  prediction_type: fc.constantFrom('churn', 'quality'),
  risk_score: fc.integer({ min: 0, max: 100 }),
  timestamp: fc.integer({ min: 0, max: 500 }).map((second) => new Date(second * 1000).toISOString()),
})

const arrangement: fc.Arbitrary<Arrangement> = fc.record({
  sort: fc.constantFrom(...sorts),
  fold: fc.boolean(),
  filter: fc.constantFrom(undefined, parseFilter('risk>=50'), parseFilter('type:churn -entity:e1')),
})

const shape = (rows: Iterable<Row>) =>
  Array.from(rows, (row) =>
    row.kind === 'alert'
      ? { key: row.key, rise: row.rise, shown: row.alert.id, alerts: row.alerts.map(({ id }) => id) }
      : { key: row.key },
  )

test('kept up change by change, the rows are those of an index built at once', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), arrangement, (changes, wanted) => {
      const list = new LiveList(40)
      const index = new RowIndex(wanted)
      for (const content of changes) index.apply(list.put(insight(content)))
      const fresh = new RowIndex(wanted, list.values())
      expect(shape(index.slice(0, index.size))).toEqual(shape(fresh.slice(0, fresh.size)))
      expect(index.matching).toBe(fresh.matching)
    }),
    { numRuns: 200 },
  )
})

test('folded, the repeats of one type and entity are one row that shows the newest', () => {
  const list = new LiveList()
  const index = new RowIndex({ sort: 'time', fold: true, filter: undefined })
  for (const [second, risk] of [
    [1, 30],
    [3, 90],
    [2, 60],
  ] as const)
    index.apply(
      list.put(
        insight({
          alert_id: `a${second}`,
          entity_id: 'e',
          risk_score: risk,
          timestamp: new Date(second * 1000).toISOString(),
        }),
      ),
    )
  expect(shape(index.slice(0, 9))).toMatchObject([{ shown: 'a3', alerts: ['a1', 'a2', 'a3'], rise: 60 }])
})

test('a cut of the link stands between the alerts by time, and nowhere in other orders', () => {
  const gap = {
    kind: 'gap',
    key: 'gap',
    time: 2500,
    downAt: 0,
    upAt: 0,
    replayed: 0,
    gap: undefined,
  } as const
  const list = new LiveList()
  for (const second of [1, 2, 3])
    list.put(insight({ alert_id: `a${second}`, timestamp: new Date(second * 1000).toISOString() }))
  for (const [sort, expected] of [
    ['time', ['a3', 'gap', 'a2', 'a1']],
    ['risk', ['a3', 'a2', 'a1']],
  ] as const) {
    const index = new RowIndex({ sort, fold: false, filter: undefined }, list.values())
    index.addGap(gap)
    expect(index.slice(0, 9).map(({ key }) => key)).toEqual(expected)
  }
})
