import { describe, expect, test } from 'vitest'
import { dateText, momentText, shortMoment } from '../../src/text/format.ts'

const now = Date.parse('2026-11-23T14:30:00.000Z')
const at = (time: string) => Date.parse(time)

test.each([
  ['2026-11-23T14:21:40.999Z', '14:21:40', '14:21:40', '14:21:40'],
  ['2026-11-23T00:00:00.000Z', '00:00:00', '00:00:00', '00:00:00'],
  ['2026-11-22T23:59:59.999Z', '11-22 23:59:59', '11-22 23:59:59', '11-22 23:59'],
  ['2026-11-24T00:00:00.000Z', '11-24 00:00:00', '11-24 00:00:00', '11-24 00:00'],
  ['2025-11-23T14:30:00.000Z', '2025-11-23 14:30:00', '2025-11-23', '2025-11-23'],
  ['0001-01-01T00:00:00.000Z', '0001-01-01 00:00:00', '0001-01-01', '0001-01-01'],
])('%s is told with a date unless it is of today', (time, moment, wide, narrow) => {
  expect(momentText(at(time), now, true)).toBe(moment)
  expect(shortMoment(at(time), now, true, 14)).toBe(wide)
  expect(shortMoment(at(time), now, true, 11)).toBe(narrow)
})

describe('in the local zone', () => {
  const evening = new Date(2026, 10, 23, 23, 30).getTime()

  test('the day is the one of the zone', () => {
    expect(momentText(evening - 23 * 3_600_000, evening, false)).toBe('00:30:00')
    expect(momentText(evening - 24 * 3_600_000, evening, false)).toBe('11-22 23:30:00')
  })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, 9e15])('%d is no time', (time) => {
  expect(momentText(time, now, true)).toBe('no time')
  expect(shortMoment(time, now, false, 11)).toBe('no time')
  expect(dateText(time, false)).toBe('no time')
})
