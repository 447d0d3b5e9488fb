import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fieldNames } from '../../../src/protocol/insight/fields.ts'
import { InsightInput } from '../../../src/protocol/insight/schema.ts'
import { isPlainInput } from '../../../src/protocol/insight/plain-input.ts'

const full = {
  alert_id: 'a-1',
  entity_id: 'cust_1',
  timestamp: '2026-11-23T14:22:07.120Z',
  prediction_type: 'churn_risk',
  risk_score: 83.5,
  explanation: 'é'.repeat(4096),
  recommendations: ['Call', 'é'.repeat(1024)],
  model_used: '',
  confidence: 1,
  source: 'gbm',
  labels: { team: 'growth', 7: '' },
}

it('takes the usual insight without the schema, and the least one', () => {
  expect(isPlainInput(full)).toBe(true)
  expect(isPlainInput({ entity_id: 'a', risk_score: 0 })).toBe(true)
})

/** Values around every bound, in the way JSON can bring them. */
const awkward = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    0,
    -0,
    -0.1,
    1,
    1.0001,
    100,
    100.0001,
    1e308,
    '',
    'a',
    '-a',
    '-',
    '\u0000',
    '\u009f',
    '\ud800',
  ),
  fc.integer({ min: 0, max: 9000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 0, max: 5000 }).map((length) => 'é'.repeat(length)),
  fc.constantFrom('2026-11-23T14:22:07.120Z', '2026-02-30T00:00:00.000Z', '2026-11-23T14:22:07Z', 'open'),
  fc.array(fc.constantFrom('x', 'x'.repeat(2049), 7), { maxLength: 34 }),
  fc.dictionary(fc.constantFrom('a', '', '__proto__', 'x'.repeat(257)), fc.constantFrom('v', 7)),
  fc
    .integer({ min: 60, max: 70 })
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, 'v']))),
)
const name = fc.constantFrom(...fieldNames, '__proto__', 'constructor', 'reopen')
const changed = fc.dictionary(name, awkward, { maxKeys: 3 })
const omitted = fc.subarray(Object.keys(full))

it('never takes what the schema would refuse or change', () => {
  let taken = 0
  fc.assert(
    fc.property(changed, omitted, (changes, without) => {
      const kept = Object.entries(full).filter(([key]) => !without.includes(key))
      const pairs = [...new Map([...kept, ...Object.entries(changes)])]
      const text = `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`
      const item: unknown = JSON.parse(text)
      if (!isPlainInput(item)) return
      taken++
      expect(InsightInput.safeParse(item)).toEqual({ success: true, data: item })
    }),
    { numRuns: 3000 },
  )
  expect(taken).toBeGreaterThan(100)
})

it.each([[null], [7], ['text'], [[]], [undefined], [[full]]])('leaves %j to the schema', (value) => {
  expect(isPlainInput(value)).toBe(false)
})
