import { describe, expect, it } from 'vitest'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import type { Insight } from '../../../src/protocol/insight/insight.ts'
import { InsightInput } from '../../../src/protocol/insight/schema.ts'
import { readInsight } from '../../../src/protocol/insight/read.ts'

const least = { entity_id: 'cust_1', risk_score: 85 }
const faults = (value: unknown) =>
  (InsightInput.safeParse(value).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

describe('InsightInput', () => {
  it('takes the least that a producer may send', () => {
    expect(InsightInput.parse(least)).toEqual(least)
  })

  it('names an unknown field instead of dropping it', () => {
    expect(faults({ ...least, riskScore: 3 })).toEqual([expect.stringContaining('riskScore')])
  })

  it.each([
    ['entity_id', ''],
    ['entity_id', 'a\u001b[2J'],
    ['entity_id', 'x'.repeat(257)],
    ['alert_id', 'line\nbreak'],
    ['alert_id', '--token-command=id'],
    ['alert_id', '-'],
    ['risk_score', 100.5],
    ['risk_score', -1],
    ['risk_score', '85'],
    ['confidence', 1.01],
    ['timestamp', '2026-02-30T00:00:00Z'],
    ['explanation', 'é'.repeat(4097)],
    ['recommendations', Array.from({ length: 33 }, () => 'x')],
    ['recommendations', ['x'.repeat(2049)]],
    ['status', 'closed'],
    ['url', 'javascript:alert(1)'],
    ['labels', Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, 'v']))],
    ['labels', { team: 7 }],
  ])('refuses %s %j and names the field', (field, value) => {
    const found = faults({ ...least, [field]: value })
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(new RegExp(`^${field}`))
  })

  it('measures sizes in bytes of UTF-8', () => {
    expect(faults({ ...least, explanation: 'é'.repeat(4096) })).toEqual([])
  })

  it('normalises timestamps to UTC', () => {
    expect(InsightInput.parse({ ...least, timestamp: '2026-11-05T10:11:12' }).timestamp).toBe(
      '2026-11-05T10:11:12.000Z',
    )
  })
})

describe('Insight', () => {
  it('fills in what an older server leaves out, and keeps what a newer one adds', () => {
    const read = readInsight({ alert_id: 'a', timestamp: '2026-11-05T10:11:12.123456', tenant: 'blue' })
    expect(read).toMatchObject({
      alert_id: 'a',
      entity_id: 'a',
      timestamp: '2026-11-05T10:11:12.123Z',
      prediction_type: 'unknown',
      confidence: 0,
      recommendations: [],
      status: 'open',
      tenant: 'blue',
    })
  })

  it('refuses what is no insight at all', () => {
    for (const value of [null, 7, 'x', {}, [], { alert_id: '' }]) expect(readInsight(value)).toBeUndefined()
  })
})

describe('encodeInsight', () => {
  const insight = readInsight({
    ...least,
    alert_id: 'a',
    timestamp: '2026-11-05T10:11:12.000Z',
    labels: { b: '2', a: '1' },
  })!

  it('gives equal contents equal texts', () => {
    const shuffled = Object.fromEntries(Object.entries(insight).toReversed()) as unknown as Insight
    expect(encodeInsight({ ...shuffled, labels: { a: '1', b: '2' } })).toBe(encodeInsight(insight))
  })

  it('is one line that reads back as it was', () => {
    const hostile = { ...insight, explanation: 'a\r\nb\u2028\ud800 \u001b[2J' }
    const text = encodeInsight(hostile)
    expect(text).not.toMatch(/[\r\n]/)
    expect(JSON.parse(text)).toMatchObject({ explanation: hostile.explanation, labels: insight.labels })
  })
})
