import { expect, test } from 'vitest'
import { displayWidth } from '../../../src/text/width.ts'
import { boardOfThree, TestDashboard } from '../../helpers/dashboard.tsx'
import { hostileStrings } from '../../helpers/hostile.ts'
import { insight } from '../../helpers/insights.ts'

test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 12)), text] as const))(
  '%s breaks no line',
  (_, text) => {
    for (const columns of [40, 80, 140]) {
      const { lines } = new TestDashboard({ columns, rows: 30 })
        .live()
        .bring(
          insight({
            alert_id: 'a',
            entity_id: text,
            prediction_type: text,
            explanation: text,
            recommendations: [text],
            model_used: text,
            source: text,
            labels: { [text]: text },
            url: text,
          }),
        )
        .press('return')
      for (const line of lines) {
        // oxlint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
        expect(displayWidth(line)).toBeLessThanOrEqual(columns)
      }
    }
  },
)

test.each(hostileStrings.map((text) => [JSON.stringify(text.slice(0, 12)), text] as const))(
  'nor does %s in the words of a server, of a gap or of a failure',
  (_, text) => {
    for (const columns of [40, 80]) {
      const hostile = boardOfThree({ columns })
      hostile.feed.emit({ type: 'resumed', downAt: hostile.now, upAt: hostile.now, replayed: 0, gap: text })
      hostile.store.setOlder({ kind: 'failed', reason: text })
      hostile.feed.emit({ type: 'fault', message: text })
      const { screen } = hostile
      for (const words of ['some may be missing', 'r tries again'])
        if (columns === 80) expect(screen).toContain(words)
      hostile.feed.become({ status: 'retrying', reason: text })
      for (const line of [...screen.split('\n'), ...hostile.lines]) {
        // oxlint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\p{M}{5}/u)
        expect(displayWidth(line)).toBeLessThanOrEqual(columns)
      }
    }
  },
)

test('at 40 columns the way out of a frozen view and of a failed page is on the screen', () => {
  const narrow = boardOfThree({ columns: 40, rows: 10 })
    .press('space')
    .bring(insight({ alert_id: 'n' }))
  expect(narrow.screen).toContain('frozen · +1 · space goes on')
  narrow.press('space').store.setOlder({ kind: 'failed', reason: 'the server is busy' })
  expect(narrow.screen).toContain('no older alerts · r tries again')
})
