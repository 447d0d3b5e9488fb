import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { ConditionVariable } from '../../../src/server/stores/condition-variable.ts'

test('wakes all who wait, once, and none who come later', async () => {
  const changed = new ConditionVariable()
  const woken: string[] = []
  const first = changed.wait().then(() => woken.push('first'))
  const second = changed.wait().then(() => woken.push('second'))
  changed.wakeAll()
  const later = changed.wait().then(() => woken.push('later'))
  await Promise.all([first, second])
  expect(woken).toEqual(['first', 'second'])
  changed.wakeAll()
  await later
})

test('a signal ends the wait of its own reader only, and nothing keeps listening to it', async () => {
  const changed = new ConditionVariable()
  const controller = new AbortController()
  let others = 0
  const other = changed.wait().then(() => others++)
  const own = changed.wait(controller.signal)
  controller.abort()
  await own
  await changed.wait(controller.signal)
  expect(others).toBe(0)
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  changed.wakeAll()
  await other
})
