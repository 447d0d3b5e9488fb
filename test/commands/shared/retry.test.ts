import { describe, expect, test } from 'vitest'
import { PassingFailure } from '../../../src/client/api/passing-failure.ts'
import { createRetry, type RetryOptions } from '../../../src/commands/shared/retry.ts'
import { Failure } from '../../../src/program/failure.ts'

const failing = (kind: 'network' | 'gateway' | 'busy', retryAfter?: number) =>
  new PassingFailure({ kind, what: kind, retryAfter }, 'unreachable')

/** Runs a call that fails with each of these in turn, and then goes well. */
async function attempt(failures: readonly Error[], options: Partial<RetryOptions> = {}, warm = false) {
  const waits: number[] = []
  const retry = createRetry({
    signal: new AbortController().signal,
    now: Date.now,
    onRetry: (_, wait) => waits.push(wait),
    ...options,
  })
  if (warm) await retry(() => Promise.resolve())
  const left = [...failures]
  const result = await retry(() => {
    const failure = left.shift()
    return failure === undefined ? Promise.resolve('done') : Promise.reject(failure)
  }).catch((error: unknown) => error)
  return { result, waits, left: left.length }
}

describe('before the server has answered well', () => {
  test.each(['network', 'gateway'] as const)('a %s fault is final', async (kind) => {
    const failure = failing(kind)
    expect(await attempt([failure])).toEqual({ result: failure, waits: [], left: 0 })
  })
  test('a busy server is waited for', async () => {
    expect(await attempt([failing('busy', 20)])).toEqual({ result: 'done', waits: [20], left: 0 })
  })
  test('but not for longer than 20 s', async () => {
    expect(await attempt([failing('busy', 21_000)])).toMatchObject({ result: expect.any(PassingFailure) })
  })
  test('--retry-for waits from the start', async () => {
    const { result, waits } = await attempt([failing('network')], { retryFor: 5000 })
    expect({ result, waits }).toEqual({ result: 'done', waits: [500] })
  })
})

describe('once it has answered well', () => {
  test('every passing fault is waited for, with growing waits', async () => {
    const { result, waits } = await attempt([failing('network'), failing('gateway')], {}, true)
    expect({ result, waits }).toEqual({ result: 'done', waits: [500, 1000] })
  })
  test('what does not pass is final', async () => {
    const refused = new Failure('failed', 'no')
    expect(await attempt([refused], { retryFor: 5000 }, true)).toMatchObject({ result: refused, waits: [] })
  })
})

describe('the time', () => {
  test('begins anew with each call', async () => {
    let now = 0
    const retry = createRetry({ signal: new AbortController().signal, now: () => now, retryFor: 1000 })
    for (let call = 0; call < 3; call++) {
      let failed = false
      const result = await retry(() => {
        if (failed) return Promise.resolve(call)
        failed = true
        return Promise.reject(failing('network', 1))
      })
      expect(result).toBe(call)
      now += 100_000
    }
  })
  test('has its last try at its very end', async () => {
    const { result, waits, left } = await attempt(
      Array.from({ length: 9 }, () => failing('network')),
      { retryFor: 800 },
    )
    expect(result).toBeInstanceOf(PassingFailure)
    expect(waits[0]).toBe(500)
    expect(waits).toHaveLength(2)
    expect(waits[1]).toBeLessThanOrEqual(300)
    expect(left).toBe(6)
  })
  test('is over when the timer of the last try fires before the clock says so', async () => {
    const { waits } = await attempt(
      Array.from({ length: 9 }, () => failing('network')),
      { retryFor: 100, now: () => performance.now() * 0.9 },
    )
    expect(waits).toHaveLength(1)
  })
  test('of 0 is no time', async () => {
    expect(await attempt([failing('busy', 1)], { retryFor: 0 }, true)).toMatchObject({ waits: [], left: 0 })
  })
  test('ends with a signal', async () => {
    const controller = new AbortController()
    const waiting = attempt([failing('busy', 10_000)], {
      signal: controller.signal,
      onRetry: () => controller.abort(),
    })
    expect((await waiting).result).toMatchObject({ name: 'AbortError' })
  })
})
