import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backoffDelay } from '../../../src/client/feed/stream/backoff.ts'

const delays = (retry: number, count: number, random = 0) =>
  Array.from({ length: count }, (_, n) => backoffDelay({ retry, maxRetry: 30_000, attempt: n + 1, random }))

describe('the delay before a reconnect', () => {
  test('grows from 5 s by half, up to 30 s', () => {
    expect(delays(5000, 8)).toEqual([5000, 7500, 11_250, 16_875, 25_313, 30_000, 30_000, 30_000])
  })
  test('starts at what the server named, and respects a longer one', () => {
    expect(delays(1000, 3)).toEqual([1000, 1500, 2250])
    expect(delays(45_000, 3)).toEqual([45_000, 45_000, 45_000])
  })
  test('is never nothing', () => {
    expect(delays(0, 3)).toEqual([250, 375, 563])
  })
  test('is only lengthened by jitter, and by a fifth at most', () => {
    expect(delays(5000, 6, 1)).toEqual([6000, 9000, 13_500, 20_250, 30_375, 36_000])
    fc.assert(
      fc.property(
        fc.record({
          retry: fc.nat(60_000),
          attempt: fc.integer({ min: 1, max: 10_000 }),
          random: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        (policy) => {
          const full = backoffDelay({ ...policy, maxRetry: 30_000, random: 0 })
          const delay = backoffDelay({ ...policy, maxRetry: 30_000 })
          expect(delay).toBeGreaterThanOrEqual(full)
          expect(delay).toBeLessThanOrEqual(Math.ceil(full * 1.2) + 1)
          expect(full).toBeLessThanOrEqual(Math.max(30_000, policy.retry))
        },
      ),
    )
  })
})
