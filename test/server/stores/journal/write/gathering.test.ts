import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Gathering } from '../../../../../src/server/stores/journal/write/gathering.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const join = (gathering: Gathering, count: number) => {
  for (let n = 0; n < count; n++) void gathering.join()
}

/** A group of so many has just been taken. */
async function after(count: number): Promise<Gathering> {
  const gathering = new Gathering()
  join(gathering, count)
  await gathering.settle()
  gathering.take()
  return gathering
}

it('after a group of many waits for as many, and takes along whoever comes in the same turn', async () => {
  const gathering = await after(10)
  join(gathering, 3)
  const settled = gathering.settle()
  setImmediate(() => setImmediate(() => join(gathering, 12)))
  await settled
  expect(gathering.take().waiting).toHaveLength(15)
})

it('waits a moment at most', async () => {
  const gathering = await after(10)
  join(gathering, 3)
  const settled = gathering.settle()
  while (vi.getTimerCount() === 0) await turn()
  vi.runAllTimers()
  await settled
  expect(gathering.take().waiting).toHaveLength(3)
})

it.for([
  [1, 1],
  [7, 1],
  [10, 10],
  [10, 0],
])('after a group of %i does not wait with %i', async ([before = 0, now = 0]) => {
  const gathering = await after(before)
  join(gathering, now)
  // Its timer would never come.
  await gathering.settle()
  expect(gathering.take().waiting).toHaveLength(now)
})
