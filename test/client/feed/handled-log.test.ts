import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type HandledEntry, HandledLog } from '../../../src/client/feed/handled-log.ts'

test('the position never passes what is not handled, and reaches the end once all is', () => {
  const step = fc.oneof(fc.constant('add'), fc.constant('pass'), fc.nat())
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let position = 0
      const log = new HandledLog((id) => {
        expect(Number(id)).toBeGreaterThan(position)
        position = Number(id)
      })
      const open = new Map<number, HandledEntry>()
      let last = 0
      const check = () => {
        const oldest = Math.min(last + 1, ...open.keys())
        expect(position).toBe(oldest - 1)
        expect(log.outstanding).toBe(open.size)
      }
      const finish = (id: number) => {
        const entry = open.get(id) as HandledEntry
        log.done(entry)
        if (entry.pending === 0) open.delete(id)
      }
      for (const one of steps) {
        if (one === 'add') open.set(++last, log.add(String(last), 2))
        else if (one === 'pass') log.pass(String(++last))
        else if (open.size > 0) finish([...open.keys()][one % open.size] as number)
        check()
      }
      for (const id of open.keys()) while (open.has(id)) finish(id)
      check()
      expect(position).toBe(last)
    }),
  )
})

test('what has no id moves nothing by itself, and holds back what comes after it', () => {
  const positions: string[] = []
  const log = new HandledLog((id) => positions.push(id))
  const first = log.add(undefined, 1)
  log.pass('7')
  const second = log.add('8', 1)
  log.done(second)
  expect(positions).toEqual([])
  log.done(first)
  expect(positions).toEqual(['8'])
})
