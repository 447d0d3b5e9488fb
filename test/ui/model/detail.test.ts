import { expect, test } from 'vitest'
import type { KnownInsight } from '../../../src/protocol/insight/insight.ts'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const start = Date.parse('2026-11-23T14:00:00Z')
const one = (index: number, content: Partial<KnownInsight> = {}) =>
  insight({
    alert_id: `a${index}`,
    entity_id: `e${index}`,
    timestamp: new Date(start + index * 1000).toISOString(),
    ...content,
  })

/** The detail of the second of five open alerts, under a filter. */
const open = () =>
  new TestDashboard()
    .live()
    .bring(...[0, 1, 2, 3, 4].map((index) => one(index)))
    .press('/')
    .type('status:open')
    .press('return', 'j', 'return')

test('a detail whose alert leaves the view goes back to the list, and never shows another one', () => {
  const other = open().bring(one(3, { status: 'resolved' }))
  expect(other.screen).not.toContain('confidence')
  expect(other.foot).toContain('that alert is no longer in this view')
  const last = new TestDashboard({ filter: 'status:open' }).live().bring(one(1)).press('return')
  expect(last.bring(one(1, { status: 'resolved' })).foot).toContain('that alert is no longer in this view')
  expect(last.store.state.mode.kind).toBe('list')
  const own = open().press('a')
  const [asked] = own.effects
  const [job] = asked?.type === 'setStatus' ? asked.jobs : []
  own.store.answered([{ job: job!, insight: one(3, { status: 'acknowledged' }), etag: undefined }], false)
  expect(own.screen).not.toContain('confidence')
  expect(own.foot).toContain('1 alert acknowledged; u takes it back')
})
