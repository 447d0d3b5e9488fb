import { describe, expect, test } from 'vitest'
import { severityOf, severityOfInsight } from '../../src/protocol/severity.ts'
import { glyphsFor } from '../../src/text/glyphs.ts'
import { riskText, severityText, shortStatus, statusText } from '../../src/text/words.ts'

const impossible = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0.5,
  100.1,
  '97',
  'n/a',
  null,
  undefined,
  [90],
  {},
  true,
]

test.each([
  [79.96, '79', 'warning'],
  [80, '80', 'critical'],
  [59.999_999, '59', 'info'],
  [60, '60', 'warning'],
  [0, '0', 'info'],
  [0.9, '0', 'info'],
  [100, '100', 'critical'],
  [99.999, '99', 'critical'],
])('a risk of %d is shown as %s, %s', (risk, text, severity) => {
  expect(riskText(risk)).toBe(text)
  expect(severityOf(risk)).toBe(severity)
})

test.each(impossible)('a risk that can not be one (%j) is shown as ? and is never calm', (risk) => {
  expect(riskText(risk)).toBe('?')
  expect(severityOf(risk)).not.toBe('info')
})

test.each(['', 'constructor', '__proto__', 'Open', 'closed', 3, null, undefined, ['open']])(
  'a status that can not be one (%j) is shown as ? and makes a calm alert a warning',
  (status) => {
    expect(statusText(status)).toBe('?')
    expect(shortStatus(status)).toBe('?')
    expect(severityOfInsight({ risk_score: 3, status })).toBe('warning')
    expect(severityOfInsight({ risk_score: 97, status })).toBe('critical')
  },
)

test('each status has its word, and a short one for columns', () => {
  const statuses = ['open', 'acknowledged', 'resolved']
  expect(statuses.map(statusText)).toEqual(statuses)
  expect(statuses.map(shortStatus)).toEqual(['open', 'ack', 'resolved'])
})

describe.each([false, true])('severities (ASCII: %s)', (ascii) => {
  test('are equally wide and told apart without colour', () => {
    const texts = (['critical', 'warning', 'info'] as const).map((one) => severityText(one, glyphsFor(ascii)))
    expect(new Set(texts).size).toBe(3)
    expect(new Set(texts.map((text) => text.length)).size).toBe(1)
  })
})
