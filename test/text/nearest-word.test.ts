import { expect, test } from 'vitest'
import { nearestWord } from '../../src/text/nearest-word.ts'

const words = ['limit', 'since', 'until', 'filter', 'nextToken', 'lastEventId', 'aggregations']

test.for([
  ['fitler', 'filter'],
  ['filte', 'filter'],
  ['filters', 'filter'],
  ['Limit', 'limit'],
  ['nexttoken', 'nextToken'],
  ['next_token', 'nextToken'],
  ['last-event-id', 'lastEventId'],
  ['aggregation', 'aggregations'],
  ['untill', 'until'],
] as const)('%s is meant to be %s', ([typed, meant]) => {
  expect(nearestWord(typed, words)).toBe(meant)
})

test.for(['', 'x', 'token', 'offset', 'a'.repeat(10_000)])('nothing is near to %s', (typed) => {
  expect(nearestWord(typed, words)).toBeUndefined()
})
