import { expect, test } from 'vitest'
import { severityOf } from '../../../src/protocol/severity.ts'
import { createSeverityScale } from '../../../src/server/sources/severity-scale.ts'

const riskOf = createSeverityScale()

test.for([
  [
    'critical',
    'critical crit fatal emergency emerg alert page disaster p0 p1 sev0 sev1 Critical P1 SEV-1 CRIT',
  ],
  ['warning', 'high major error err warning warn medium minor p2 p3 sev2 sev3 HIGH Warning P2'],
  ['info', 'low info informational notice debug none ok p4 p5 sev4 sev5 None INFO'],
] as const)('%s: %s', ([severity, words]) => {
  for (const word of words.split(' ')) expect(severityOf(riskOf(word)), word).toBe(severity)
})

test('white space around a word does not matter', () => {
  for (const word of [' critical ', '\tcritical\n', '\u00a0critical'])
    expect(riskOf(word)).toBe(riskOf('critical'))
})

test('a word that comes first is never below one that comes after', () => {
  for (const row of [
    ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'],
    ['sev0', 'sev1', 'sev2', 'sev3', 'sev4', 'sev5'],
    ['critical', 'high', 'medium', 'low'],
    ['critical', 'error', 'warning', 'info', 'none'],
  ]) {
    const risks = row.map(riskOf)
    expect(risks).toEqual(risks.toSorted((a, b) => b - a))
  }
})

test.for([
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'p6',
  'sev9',
  'catastrophic',
  '1',
  '',
  ' ',
  '⚠',
  undefined,
])('an unknown word is a warning, never calm: %s', (word) => {
  expect(severityOf(riskOf(word))).toBe('warning')
  expect(Number.isFinite(riskOf(word))).toBe(true)
})

test('own words win over the usual ones', () => {
  const own = createSeverityScale(
    new Map([
      ['p1', 20],
      ['ticket', 40],
      ['', 30],
    ]),
  )
  expect([own('P1'), own(' Ticket '), own(undefined), own('critical')]).toEqual([
    20,
    40,
    30,
    riskOf('critical'),
  ])
})
