import { expect, test } from 'vitest'
import { Fingerprints } from '../../../src/server/stores/dynamo/relay/fingerprints.ts'
import { Pruning } from '../../../src/server/stores/dynamo/relay/pruning.ts'
import { digestOf } from '../../../src/server/stores/dynamo/tables/item.ts'

const key = (n: number) => digestOf(`alert ${n}`)

function knownUpTo(count: number): Fingerprints {
  const known = new Fingerprints()
  for (let n = 0; n < count; n++) known.set(key(n), digestOf(`content ${n}`))
  return known
}

test('a walk forgets what it did not meet, and keeps what came lately and what it met', () => {
  const known = knownUpTo(5000)
  const pruning = new Pruning(0)
  pruning.take(key(4998), 'x')
  pruning.begin()
  for (let n = 0; n < 1000; n++) pruning.see(key(n))
  pruning.take(key(4999), 'x')
  const left = pruning.end(known)
  expect(left.size).toBe(1002)
  for (const n of [0, 999, 4998, 4999]) expect(left.get(key(n))).toBe(digestOf(`content ${n}`))
  expect(left.get(key(1000))).toBeUndefined()
  // The next walk doesn't meet the two that came lately either: they are no more.
  pruning.begin()
  for (let n = 0; n < 1000; n++) pruning.see(key(n))
  expect(pruning.end(left).size).toBe(1001)
  pruning.begin()
  for (let n = 0; n < 1000; n++) pruning.see(key(n))
  expect(pruning.end(left).size).toBe(1000)
})

test('a walk soon after another forgets nothing: the index may lag behind the log', () => {
  const known = knownUpTo(100)
  const pruning = new Pruning()
  pruning.begin()
  expect(pruning.end(known)).toBe(known)
})
