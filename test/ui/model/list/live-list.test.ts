import { expect, test } from 'vitest'
import { LiveList } from '../../../../src/ui/model/list/live-list.ts'
import { insight } from '../../../helpers/insights.ts'

const at = (second: number) => `2026-11-23T14:00:${String(second).padStart(2, '0')}.000Z`

test('a new version takes the place of the one before, which is remembered', () => {
  const list = new LiveList()
  list.put(insight({ alert_id: 'a', timestamp: at(1), risk_score: 40 }))
  const { before, after } = list.put(insight({ alert_id: 'a', timestamp: at(2), risk_score: 90 }))
  expect(before?.insight.risk_score).toBe(40)
  expect(after).toMatchObject({ versions: 2, earlier: [{ risk: 40, status: 'open' }] })
  expect(list.size).toBe(1)
})

test('no more earlier versions are remembered than 31, and all are counted', () => {
  const list = new LiveList()
  for (let risk = 0; risk < 100; risk++) list.put(insight({ alert_id: 'a', risk_score: risk }))
  const { after } = list.put(insight({ alert_id: 'a', risk_score: 100 }))
  expect(after?.versions).toBe(101)
  expect(after?.earlier.map(({ risk }) => risk)).toEqual(Array.from({ length: 31 }, (_, index) => 69 + index))
})

test('past the bound the oldest by time goes, in whatever order they came', () => {
  const list = new LiveList(2)
  list.put(insight({ alert_id: 'late', timestamp: at(1) }))
  list.put(insight({ alert_id: 'b', timestamp: at(3) }))
  expect(list.put(insight({ alert_id: 'c', timestamp: at(2) })).evicted?.id).toBe('late')
  expect(list.put(insight({ alert_id: 'too old', timestamp: at(0) })).after).toBeUndefined()
  expect([list.get('b'), list.get('c'), list.get('too old')].map((alert) => alert?.id)).toEqual([
    'b',
    'c',
    undefined,
  ])
  expect(list.dropped).toBe(2)
})

test('an older page replaces nothing, and fills no list that is full', () => {
  const list = new LiveList(2)
  list.put(insight({ alert_id: 'a', risk_score: 90 }))
  expect(list.putOlder(insight({ alert_id: 'a', risk_score: 10 }))).toBeUndefined()
  expect(list.putOlder(insight({ alert_id: 'b' }))?.after?.id).toBe('b')
  expect(list.putOlder(insight({ alert_id: 'c' }))).toBeUndefined()
  expect(list.get('a')?.insight.risk_score).toBe(90)
})
