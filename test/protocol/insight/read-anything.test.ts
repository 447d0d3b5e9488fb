import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseFilter } from '../../../src/protocol/filter/filter.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { type FieldName, fieldNames } from '../../../src/protocol/insight/fields.ts'
import { parseInsight, readInsight, unreadableValues } from '../../../src/protocol/insight/read.ts'
import { severityOfInsight } from '../../../src/protocol/severity.ts'
import { normalizeTimestamp } from '../../../src/protocol/time/timestamp.ts'

const names = fc.constantFrom<string>(
  ...fieldNames,
  '__proto__',
  'constructor',
  'toString',
  'toJSON',
  '7',
  'tenant',
)
const numbers = fc.constantFrom('1e999', '-1e999', '12345678901234567890', '85', '-1', '0.5', '1e2')
const texts = fc.constantFrom(
  '"n/a"',
  '"85"',
  '"open"',
  '"open "',
  '"2026-11-05T10:11:12"',
  '"x"',
  '{"rawJSON":"1"}',
)
const json = fc.oneof(
  fc.jsonValue().map((value) => JSON.stringify(value)),
  numbers,
  texts,
)
const fields = fc.dictionary(names, json, { maxKeys: 12 })

/** An object's fields by their JSON, where a name may be `__proto__`. */
const written = (pairs: Iterable<readonly [string, string]>) =>
  `{"alert_id":"a"${[...pairs].map(([name, value]) => `,${JSON.stringify(name)}:${value}`).join('')}}`

const filters = [
  'severity>=warning',
  'risk>=80 -status:resolved',
  '"x" entity:*',
  'note:x until:*',
  'label.a:x',
].map((text) => parseFilter(text)!)

/** What came and what was sent on, as a number or time that is read as the same may be written otherwise. */
function isSame(name: string, came: unknown, sent: unknown): boolean {
  if (isDeepStrictEqual(came, sent)) return true
  if (typeof came !== 'string') return false
  return name.endsWith('risk_score') || name === 'confidence'
    ? Number(came) === sent
    : normalizeTimestamp(came) === sent
}

it('passes on every field as it came, whatever came', () => {
  fc.assert(
    fc.property(fields, (dictionary) => {
      const pairs = Object.entries(dictionary).filter(([name]) => name !== 'alert_id')
      const insight = parseInsight(written(pairs))
      const sent = JSON.parse(encodeInsight(insight)) as Record<string, unknown>
      for (const [name, value] of pairs) {
        expect(Object.hasOwn(sent, name), name).toBe(true)
        expect(isSame(name, JSON.parse(value), sent[name]), `${name}: ${value}`).toBe(true)
      }
      // Read again, it is the same.
      expect(encodeInsight(readInsight(JSON.parse(encodeInsight(insight)))!)).toBe(
        encodeInsight(readInsight(sent)!),
      )
    }),
    { numRuns: 2000 },
  )
})

it('gives what can be filtered, named and told, whatever came', () => {
  fc.assert(
    fc.property(fields, (dictionary) => {
      const insight = parseInsight(
        written(Object.entries(dictionary).filter(([name]) => name !== 'alert_id')),
      )
      for (const filter of filters) expect(typeof filter.matches(insight)).toBe('boolean')
      for (const { path } of unreadableValues(insight)) expect(path).not.toBe('')
      const isKnown = (['risk_score', 'status', 'timestamp'] satisfies FieldName[]).every(
        (name) => typeof insight[name] !== 'object',
      )
      if (!isKnown) expect(severityOfInsight(insight)).not.toBe('info')
    }),
    { numRuns: 2000 },
  )
})
