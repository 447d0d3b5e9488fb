import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SortedList } from '../../../../src/ui/model/list/sorted-list.ts'

const byNumber = (a: number, b: number) => a - b

test('any adds and deletes leave what a sorted array has', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3000 })), { maxLength: 3000 })
  fc.assert(
    fc.property(steps, fc.uniqueArray(fc.integer({ min: 0, max: 3000 })), (changes, first) => {
      const list = new SortedList(byNumber, first)
      const model = new Set(first)
      for (const [adds, value] of changes)
        if (adds) {
          if (!model.has(value)) list.add(value)
          model.add(value)
        } else expect(list.delete(value)).toBe(model.delete(value))
      const sorted = [...model].sort(byNumber)
      expect([...list]).toEqual(sorted)
      expect(list.size).toBe(sorted.length)
      for (const [rank, value] of sorted.entries()) {
        expect(list.at(rank)).toBe(value)
        expect(list.rankOf(value)).toBe(rank)
      }
      expect(list.at(sorted.length)).toBeUndefined()
      expect(list.at(-1)).toBeUndefined()
    }),
    { numRuns: 30 },
  )
})

test('a slice is what an array gives, across chunks', () => {
  const numbers = Array.from({ length: 2000 }, (_, index) => index)
  const list = new SortedList(byNumber, numbers)
  for (const [start, count] of [
    [0, 40],
    [250, 20],
    [1990, 40],
    [0, 2000],
    [2000, 5],
  ] as const)
    expect(list.slice(start, count)).toEqual(numbers.slice(start, start + count))
})

test('an item that is not inside has the rank that it would get', () => {
  const list = new SortedList(byNumber, [10, 20, 30])
  expect([5, 10, 15, 35].map((value) => list.rankOf(value))).toEqual([0, 0, 1, 3])
})
