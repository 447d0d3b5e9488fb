import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilterFault, parseFilter } from '../../../src/protocol/filter/filter.ts'
import { readInsight } from '../../../src/protocol/insight/read.ts'

const insight = readInsight({
  alert_id: 'a-1',
  entity_id: 'cust_004821',
  timestamp: '2026-11-05T10:11:12.000Z',
  prediction_type: 'churn_risk',
  risk_score: 85,
  confidence: 0.9,
  explanation: '95% churn probability in the next 14 days',
  recommendations: ['Call the customer'],
  source: 'alertmanager',
  labels: { team: 'payments', region: 'eu, west' },
})!

describe('parseFilter', () => {
  it.each([
    'risk>=80',
    'risk<86 risk>84 risk=85',
    'risk:85',
    'confidence>0.8',
    'severity:critical',
    'severity:critical,info',
    'severity>=warning',
    'severity>warning',
    '-severity<critical',
    'type:churn_risk,session_quality',
    'entity:cust_*',
    'entity:CUST_00????',
    'entity:*4821',
    'status:open',
    '-status:resolved',
    'source:alertmanager',
    'label.team:payments',
    'label.region:"eu, west"',
    '-label.none:*',
    '"CHURN probability"',
    'churn',
    'customer',
    '-canary',
  ])('%s matches', (text) => {
    expect(parseFilter(text)?.matches(insight)).toBe(true)
  })

  it.each([
    'risk<80',
    'severity:warning',
    'severity>critical',
    'entity:cust',
    'entity:?ust',
    '-entity:cust_*',
    'label.team:search',
    'label.none:*',
    'label.__proto__:*',
    '"churn  probability"',
    'risk>=80 type:other',
  ])('%s does not match', (text) => {
    expect(parseFilter(text)?.matches(insight)).toBe(false)
  })

  it.each([
    ['colour:red', 0, 'there is no field "colour"'],
    ['risk>=80 -foo:1', 10, 'there is no field "foo"'],
    ['risk>=high', 6, 'number'],
    ['risk>=', 6, 'no value'],
    ['severity:bad', 9, 'critical, warning, info'],
    ['severity>=critical,info', 10, 'list'],
    ['type>3', 4, 'takes ":"'],
    ['type:a,,b', 5, 'between the commas'],
    ['"open', 0, 'not closed'],
    ['a "open', 2, 'not closed'],
    ['""', 0, 'no words'],
    ['x'.repeat(1001), 1000, 'at most 1000'],
    ['risk >= 80', 0, 'without spaces, as in risk>=80'],
    ['risk>80 and x', 8, 'joined by AND already'],
    ['type:a AND status:open', 7, 'joined by AND already'],
    ['type:a or type:b', 7, 'commas mean OR'],
    ['type:a || type:b', 7, 'commas mean OR'],
    ['NOT type:a', 0, 'negates'],
    ['- type:a', 0, 'directly before'],
    ['severity =critical', 0, 'severity>=warning'],
    ['churn =critical', 6, 'no field before it'],
    ['churn >= 80', 6, 'no field before it'],
    ['-risk', 1, 'risk>=80'],
    ['Severity critical', 0, 'needs an operator'],
    ['risk≥80', 0, 'as in risk>=80'],
    ['label.team payments', 0, 'label.team:value'],
    ['type:a, b', 5, 'between the commas'],
    ['type:a ,b', 7, 'no field before it'],
    ['status==open', 7, 'has to be quoted'],
    ['( type:a )', 0, 'no groups'],
    ['!canary', 0, 'no field before it'],
  ])('%j is refused at %i: %s', (text, position, words) => {
    const fault = (() => {
      try {
        return parseFilter(text)
      } catch (error) {
        return error
      }
    })()
    expect(fault).toBeInstanceOf(FilterFault)
    expect(fault).toMatchObject({ position })
    expect((fault as FilterFault).message).toContain(words)
  })

  it.each(['"and"', '"OR" churn', '"risk"', '">="', 'model-1', 'risky', 'notable', '"status" open'])(
    '%s is searched as text',
    (text) => expect(() => parseFilter(text)).not.toThrow(),
  )

  it('is undefined for an empty filter', () => {
    expect(parseFilter('  ')).toBeUndefined()
  })

  it('has one key for one meaning, whatever the order and the spaces', () => {
    expect(parseFilter('  risk>=80   type:a ')?.key).toBe(parseFilter('type:A risk>=80')?.key)
    expect(parseFilter('risk>=80')?.key).not.toBe(parseFilter('risk>80')?.key)
  })

  it('matches globs as a regular expression would, and in bounded time', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 8 })
    const values = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(letters, values, (glob, value) => {
        const expected = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`)
        expect(parseFilter(`model:${glob}`)?.matches({ ...insight, model_used: value })).toBe(
          expected.test(value),
        )
      }),
    )
  })

  it('never throws anything but a fault, for any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parseFilter(text)?.matches(insight)
        } catch (error) {
          expect(error).toBeInstanceOf(FilterFault)
        }
      }),
    )
  })
})
