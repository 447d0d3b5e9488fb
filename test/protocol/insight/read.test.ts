import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../../src/protocol/filter/filter.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { parseInsight, unreadableValues } from '../../../src/protocol/insight/read.ts'
import { Unreadable } from '../../../src/protocol/insight/unreadable.ts'
import { severityOfInsight } from '../../../src/protocol/severity.ts'

/** The JSON text of an insight in which one field, or more, are written as given; undefined leaves one out. */
function withFields(fields: Readonly<Record<string, string | undefined>>): string {
  const usual = {
    alert_id: '"a"',
    entity_id: '"e"',
    timestamp: '"2026-11-05T10:11:12.000Z"',
    prediction_type: '"churn_risk"',
    risk_score: '10',
    explanation: '"calm"',
    recommendations: '[]',
    model_used: '"m"',
    confidence: '0.5',
    status: '"open"',
  }
  const written = Object.entries({ ...usual, ...fields }).filter(([, json]) => json !== undefined)
  return `{${written.map(([name, json]) => `"${name}":${json}`).join(',')}}`
}

const matches = (json: string, filter: string) => parseFilter(filter)?.matches(parseInsight(json))

describe('a value that its field cannot have', () => {
  it.each([
    ['risk_score', '"n/a"'],
    ['risk_score', '""'],
    ['risk_score', '" 85"'],
    ['risk_score', '"0x55"'],
    ['risk_score', 'null'],
    ['risk_score', undefined],
    ['risk_score', 'true'],
    ['risk_score', '[85]'],
    ['risk_score', '{"rawJSON":"85"}'],
    ['risk_score', '1e999'],
    ['risk_score', '-1e999'],
    ['risk_score', '12345678901234567890'],
    ['risk_score', '-0.1'],
    ['risk_score', '150'],
    ['status', '"open "'],
    ['status', '"closed"'],
    ['status', '"RESOLVED"'],
    ['status', '"constructor"'],
    ['status', '7'],
    ['status', '["resolved"]'],
    ['timestamp', '"yesterday"'],
    ['timestamp', '""'],
    ['timestamp', '1732630927'],
    ['timestamp', 'null'],
    ['timestamp', undefined],
  ])('%s %s is passed on as it came, and is no calm alert', (field, json) => {
    const text = withFields({ [field]: json })
    const insight = parseInsight(text)
    expect(insight).toHaveProperty(field, expect.any(Unreadable))
    expect(encodeInsight(insight)).toBe(text)
    expect(JSON.stringify({ insight })).toBe(`{"insight":${text}}`)
    expect(severityOfInsight(insight)).toBe('warning')
    expect(unreadableValues(insight).map(({ path }) => path)).toEqual([field])
    expect(matches(text, 'severity>=warning severity:warning')).toBe(true)
    for (const calm of ['severity:info', 'severity<warning', 'severity:critical', '-severity>=warning'])
      expect(matches(text, calm), calm).toBe(false)
  })

  it('does not make a critical alert a lesser one', () => {
    expect(matches(withFields({ risk_score: '97', status: '"closed"' }), 'severity:critical')).toBe(true)
  })

  it('passes each lower bound, and no upper bound', () => {
    const text = withFields({ risk_score: '"n/a"', confidence: '"high"' })
    for (const filter of ['risk>=0', 'risk>=60', 'risk>=80', 'risk>99', '-risk<60', 'confidence>=0.9'])
      expect(matches(text, filter), filter).toBe(true)
    for (const filter of ['risk<60', 'risk<=100', 'risk=0', 'risk:60', '-risk>=60', 'confidence<1'])
      expect(matches(text, filter), filter).toBe(false)
  })

  it('in the status counts as open, and can be asked for', () => {
    const text = withFields({ status: '"Closed"' })
    for (const filter of ['status:open', 'status:closed', 'status:clo*', '-status:resolved,acknowledged'])
      expect(matches(text, filter), filter).toBe(true)
    for (const filter of ['status:resolved', '-status:open'])
      expect(matches(text, filter), filter).toBe(false)
  })

  it.each([
    ['confidence', '"high"'],
    ['confidence', 'null'],
    ['confidence', '2'],
    ['explanation', 'null'],
    ['explanation', '{"text":"x"}'],
    ['recommendations', 'null'],
    ['recommendations', '"call"'],
    ['recommendations', '["call",7,null]'],
    ['model_used', '7'],
    ['prediction_type', 'null'],
    ['entity_id', '12345678901234567890'],
    ['acknowledged_by', 'null'],
    ['resolved_at', '"soon"'],
    ['source', 'null'],
    ['labels', '[]'],
    ['labels', '"x"'],
    ['labels', '["x"]'],
    ['labels', '{"a":"x","b":7,"n":null,"o":{"p":1}}'],
    ['url', 'false'],
    ['tenant', '[1e999,{"id":12345678901234567890}]'],
  ])('%s %s is passed on as it came, and costs no other field', (field, json) => {
    const text = withFields({ [field]: json })
    const insight = parseInsight(text)
    expect(encodeInsight(insight)).toBe(text)
    expect(encodeInsight({ ...insight })).toBe(text)
    expect(insight).toMatchObject({ alert_id: 'a', risk_score: 10, status: 'open' })
    expect(severityOfInsight(insight)).toBe('info')
  })

  it('in one label drops no other label', () => {
    const text = withFields({ labels: '{"team":"payments","tries":7}' })
    expect(parseInsight(text).labels).toEqual({ team: 'payments', tries: '7' })
    expect(matches(text, 'label.team:payments label.tries:7')).toBe(true)
    expect(unreadableValues(parseInsight(text))).toEqual([{ path: 'labels.tries', value: 7 }])
  })

  it.each([
    ['explanation', '{"text":7}', [{ path: 'explanation', value: { text: 7 } }]],
    [
      'recommendations',
      '["call",7,null]',
      [
        { path: 'recommendations.1', value: 7 },
        { path: 'recommendations.2', value: null },
      ],
    ],
    ['recommendations', '"call"', [{ path: 'recommendations', value: 'call' }]],
    ['labels', '["x"]', [{ path: 'labels', value: ['x'] }]],
    ['source', 'null', []],
  ])('%s %s is named with its path', (field, json, expected) => {
    expect(unreadableValues(parseInsight(withFields({ [field]: json })))).toEqual(expected)
  })

  it('goes when somebody gives the field a value', () => {
    const read = parseInsight(withFields({ status: '"closed"', explanation: '7' }))
    const changed = encodeInsight({ ...read, status: 'resolved', explanation: 'seven' })
    expect(JSON.parse(changed)).toMatchObject({ status: 'resolved', explanation: 'seven' })
  })
})

describe('a value that its field can have', () => {
  it.each([
    ['85', 85],
    ['"85"', 85],
    ['"85.5"', 85.5],
    ['8.5e1', 85],
    ['0', 0],
    ['100', 100],
  ])('risk_score %s is read as %d', (json, risk) => {
    const insight = parseInsight(withFields({ risk_score: json }))
    expect(insight.risk_score).toBe(risk)
    expect(unreadableValues(insight)).toEqual([])
  })

  it('keeps the digits of whole numbers in fields that it does not know', () => {
    const text = withFields({ offset: '12345678901234567890', ratio: '0.8444444444444446' })
    expect(encodeInsight(parseInsight(text))).toBe(text)
  })
})
