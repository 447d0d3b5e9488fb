import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeTimestamp, parseTimestamp } from '../../../src/protocol/time/timestamp.ts'

describe('normalizeTimestamp', () => {
  it.each([
    ['2026-11-05T10:11:12.123Z', '2026-11-05T10:11:12.123Z'],
    ['2026-11-05T10:11:12.123456', '2026-11-05T10:11:12.123Z'],
    ['2026-11-05T10:11:12', '2026-11-05T10:11:12.000Z'],
    ['2026-11-05t10:11:12.9999z', '2026-11-05T10:11:12.999Z'],
    ['2026-11-05 10:11:12+02:00', '2026-11-05T08:11:12.000Z'],
    ['2026-11-05T23:30:00-01:30', '2026-11-06T01:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (given, expected) => {
    expect(normalizeTimestamp(given)).toBe(expected)
  })

  it.each([
    '',
    'yesterday',
    '2026-11-05',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-05T24:00:00Z',
    '2026-11-05T10:60:00Z',
    '2026-11-05T10:11:12+24:00',
    '0000-01-01T00:00:00+01:00',
    ' 2026-11-05T10:11:12Z',
    '2026-11-05T10:11:12Z\n',
  ])('refuses %j', (given) => {
    expect(normalizeTimestamp(given)).toBeUndefined()
  })

  it('leaves a canonical time as it is, and agrees with Date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (time) => {
        const text = new Date(time).toISOString()
        expect(normalizeTimestamp(text)).toBe(text)
        expect(parseTimestamp(text)).toBe(time)
      }),
    )
  })
})

const two = (value: number) => String(value).padStart(2, '0')

describe('a time that is written as times are normalised', () => {
  const days = [2023, 2024, 1900, 2000].flatMap((year) =>
    Array.from({ length: 14 * 33 }, (_, at) => `${year}-${two(Math.floor(at / 33))}-${two(at % 33)}`),
  )

  it('is kept on every day that there is, and refused on every other', () => {
    for (const day of days) {
      const text = `${day}T23:59:59.999Z`
      const time = Date.parse(text)
      const exists = !Number.isNaN(time) && new Date(time).toISOString() === text
      expect(normalizeTimestamp(text), text).toBe(exists ? text : undefined)
    }
  })
})
