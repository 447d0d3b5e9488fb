import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { paced } from '../../../src/ui/hooks/paced.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('the first asking acts at once, the others once more at the end of the pace', async () => {
  const act = vi.fn<() => void>()
  const ask = paced(1000, act)
  ask()
  expect(act).toHaveBeenCalledTimes(1)
  for (let n = 0; n < 50; n++) ask()
  await vi.advanceTimersByTimeAsync(999)
  expect(act).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(act).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(5000)
  expect(act).toHaveBeenCalledTimes(2)
  ask()
  expect(act).toHaveBeenCalledTimes(3)
})

test('a slow act is waited for, and what was asked meanwhile gets one that begins after it', async () => {
  const ends: (() => void)[] = []
  const ask = paced(1000, () => new Promise<void>((resolve) => ends.push(resolve)))
  ask()
  ask()
  await vi.advanceTimersByTimeAsync(5000)
  expect(ends).toHaveLength(1)
  ends[0]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(ends).toHaveLength(2)
})

test('after cancel nothing acts', async () => {
  const act = vi.fn<() => void>()
  const ask = paced(1000, act)
  ask()
  ask()
  ask.cancel()
  await vi.advanceTimersByTimeAsync(5000)
  ask()
  expect(act).toHaveBeenCalledTimes(1)
})
