import { expect, test } from 'vitest'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

test('the detail shows every field, also those of a newer server', () => {
  const { screen } = new TestDashboard({ columns: 80, rows: 40 })
    .live()
    .bring(
      Object.assign(
        insight({
          alert_id: 'the-id',
          recommendations: ['call them', 'offer help'],
          source: 'alertmanager',
          labels: { team: 'payments', region: 'eu' },
          acknowledged_by: 'ann',
          acknowledged_at: '2026-11-23T14:25:00.000Z',
          status: 'acknowledged',
        }),
        { tomorrow: 'a new field' },
      ),
    )
    .press('z', 'return')
  for (const text of [
    'churn_risk',
    'likely to leave',
    '1  call them',
    '2  offer help',
    '90 %',
    'model-1',
    'alertmanager',
    'ann, 2026-11-23 14:25:00Z',
    'team=payments',
    'region=eu',
    'the-id',
    'a new field',
  ])
    expect(screen).toContain(text)
})

test('risk over time is a sparkline from the versions seen', () => {
  const risen = new TestDashboard({ columns: 140 }).live()
  for (const [index, risk_score] of [20, 40, 95].entries())
    risen.bring(insight({ alert_id: 'a', risk_score, timestamp: new Date(index * 1000).toISOString() }))
  risen.press('return')
  expect(risen.screen).toMatch(/risk +▂▄█ 20 → 95/)
  expect(risen.screen).toContain('3 versions seen')
})

test.each([
  ['https://a.example/b', 'https://a.example/b'],
  ['javascript:alert(1)', undefined],
  ['https://a.example/\x07\x1b]0;title', undefined],
  ['https://a.example/\u202egnp', undefined],
])('of the url %j the link is %s, in the detail only', (url, link) => {
  const opened = new TestDashboard({ columns: 140 })
    .live()
    .bring(insight({ alert_id: 'a', url }))
    .press('return')
  const { body } = opened.view
  const lines = body.kind === 'list' ? (body.detail?.lines ?? []) : []
  expect(lines.flatMap((line) => line.flatMap((one) => one.link ?? []))).toEqual(
    link === undefined ? [] : [link],
  )
  // oxlint-disable-next-line no-control-regex
  const drawn = Array.from(opened.drawn.matchAll(/\x1b\]8;;([^\x1b]+)\x1b/g), ([, target]) => target)
  expect([...new Set(drawn)]).toEqual(link === undefined ? [] : [link])
})
