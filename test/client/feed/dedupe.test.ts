import { expect, test } from 'vitest'
import { Dedupe } from '../../../src/client/feed/delivery/dedupe.ts'
import { insight } from '../../helpers/insights.ts'

const low = insight({ alert_id: 'a', risk_score: 50 })
const high = insight({ alert_id: 'a', risk_score: 90 })

const nth = (n: number) => insight({ alert_id: `a${n}` })

test('without ids, content tells a repeat, also behind another version', () => {
  const dedupe = new Dedupe()
  const repeats = [high, low, high, low, insight({ ...low, alert_id: 'b' })].map((version) =>
    dedupe.isRepeat(version, undefined, false),
  )
  expect(repeats).toEqual([false, false, true, true, false])
})

test('with ids, the same content under a new id is new: a filter may have hidden what was between', () => {
  const dedupe = new Dedupe()
  expect(dedupe.isRepeat(high, 'log-1', false)).toBe(false)
  expect(dedupe.isRepeat(high, 'log-3', false)).toBe(false)
  expect(dedupe.isRepeat(high, 'log-3', false)).toBe(true)
})

test('one id for everything does not hide what is new', () => {
  const dedupe = new Dedupe()
  expect(dedupe.isRepeat(high, '1', false)).toBe(false)
  expect(dedupe.isRepeat(low, '1', false)).toBe(false)
})

test('a snapshot shows what differs from the last version, whatever its id', () => {
  const dedupe = new Dedupe()
  dedupe.isRepeat(high, 'log-1', false)
  expect(dedupe.isRepeat(high, 'other-9', true)).toBe(true)
  expect(dedupe.isRepeat(low, 'other-10', true)).toBe(false)
  expect(dedupe.isRepeat(high, 'other-11', true)).toBe(false)
})

test('the order of fields makes no other content, a field of a newer server does', () => {
  const dedupe = new Dedupe()
  dedupe.isRepeat(high, undefined, false)
  const { alert_id, ...rest } = high
  expect(dedupe.isRepeat({ ...rest, alert_id }, undefined, false)).toBe(true)
  expect(dedupe.isRepeat({ ...high, region: 'eu' } as typeof high, undefined, false)).toBe(false)
})

test('memory is bounded: the oldest are forgotten', () => {
  const dedupe = new Dedupe()
  for (let n = 0; n <= 10_000; n++) dedupe.isRepeat(nth(n), undefined, false)
  expect(dedupe.isRepeat(nth(10_000), undefined, false)).toBe(true)
  expect(dedupe.isRepeat(nth(1), undefined, false)).toBe(true)
  expect(dedupe.isRepeat(nth(0), undefined, false)).toBe(false)
})
