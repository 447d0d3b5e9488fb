import { expect, test } from 'vitest'
import { readInsight } from '../../../src/protocol/insight/read.ts'
import { keys } from '../../../src/ui/input/keys.ts'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'
import { displayWidth } from '../../../src/text/width.ts'

/** What no server of ours sends, an older or a hostile one may. */
const shown = (content: Readonly<Record<string, unknown>>, setup = {}) =>
  new TestDashboard({ columns: 100, ...setup })
    .live()
    .bring(readInsight({ ...insight({ alert_id: 'a', entity_id: 'e' }), ...content })!)

test.each([1e30, 123_456, -1e9, -3, 99.99, 0])('a risk of %d keeps to its column', (risk_score) => {
  const row = shown({ risk_score }).list[0] ?? ''
  expect(row.slice(6)).toMatch(/^ (‼ crit|! warn|· info) +\d/)
  expect(displayWidth(row)).toBeLessThanOrEqual(100)
})

test.each([
  ['2026-11-23T14:29:50.000Z', ' 10s ', '10 s ago'],
  ['2026-11-23T14:30:30.000Z', '  0s ', '0 s ago'],
  ['2026-11-23T14:42:00.000Z', '+12m ', '12 min ahead'],
  ['2026-12-23T14:30:00.000Z', '+30d ', '30 d ahead'],
  ['2027-11-23T14:30:00.000Z', '>99d ', '365 d ahead'],
  ['1926-11-23T14:30:00.000Z', '100y ', ' ago'],
  ['0001-01-01T00:00:00.000Z', '999y ', ' ago'],
  ['yesterday', '   ? ', 'time       ?\n'],
])('an alert of %s is %sold', (timestamp, age, words) => {
  const board = shown({ timestamp })
  expect(board.list[0]?.slice(14, 21)).toContain(age)
  expect(board.press('return').screen).toContain(words)
  const year = timestamp.slice(0, 5)
  expect(board.press('escape', 't').list[0]?.slice(14, 31)).toMatch(
    timestamp === 'yesterday'
      ? / \?/
      : year === '2026-'
        ? /\d\d:\d\d:\d\d/
        : new RegExp(`${year}\\d\\d-\\d\\d`),
  )
})

test('in ASCII, too, what is cut is marked in ASCII', () => {
  const row = shown({ risk_score: 123_456, timestamp: '9999-01-01T00:00:00Z' }, { ascii: true }).list[0] ?? ''
  expect(row).toMatch(/^>/)
  expect(row).toMatch(/^[\x20-\x7e]+$/)
})

test('in ASCII no key brings up anything else', () => {
  for (const [columns, rows] of [
    [30, 8],
    [40, 10],
    [80, 24],
    [140, 60],
  ] as const)
    for (const chord of keys.flatMap((key) => key.keys)) {
      const board = shown({}, { ascii: true, columns, rows, filter: 'risk>=1' }).press(chord)
      // oxlint-disable-next-line no-control-regex
      expect(board.screen, `${chord} at ${columns}`).toMatch(/^[\n\x20-\x7e]+$/)
    }
})

test('the longest alert is laid out once, and not for each frame', () => {
  const long = shown({
    explanation: 'x '.repeat(4000),
    recommendations: Array.from({ length: 32 }, () => '\u202e'.repeat(600)),
  }).press('return')
  const pane = () => {
    const { body } = long.view
    return body.kind === 'detail' ? body.detail.lines.slice(3, 20) : []
  }
  const lines = pane()
  expect(lines).toHaveLength(17)
  long.press('^l')
  for (const [index, line] of pane().entries()) expect(line).toBe(lines[index])
  expect(long.press('a').screen).toContain('acknowledged (sending)')
  const short = shown({}).press('return')
  expect(short.screen).toContain(', 7 min ago')
  expect(short.wait(60_000).screen).toContain(', 8 min ago')
  expect(short.press('z').screen).toContain('2026-11-23 14:22:07Z, 8 min ago')
})
