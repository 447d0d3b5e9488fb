import { describe, expect, test } from 'vitest'
import { retryAfterDelay } from '../../src/client/retry-after.ts'

describe('Retry-After', () => {
  const now = Date.parse('2026-11-23T14:22:07Z')
  test.each([
    ['120', 120_000],
    [' 7 ', 7000],
    ['0', 1000],
    ['99999999999999999999', 3_600_000],
    ['Mon, 23 Nov 2026 14:22:27 GMT', 20_000],
    ['Monday, 23-Nov-26 14:22:27 GMT', 20_000],
    ['Mon Nov 23 14:22:27 2026', 20_000],
    ['Mon, 23 Nov 2026 14:22:00 GMT', 1000],
    ['Tue, 23 Nov 2027 14:22:00 GMT', 3_600_000],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['Mon, no date', undefined],
    ['', undefined],
  ])('%j', (header, delay) => expect(retryAfterDelay(header, now)).toBe(delay))
  test('absent', () => expect(retryAfterDelay(null, now)).toBeUndefined())
})
