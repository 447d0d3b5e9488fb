import { expect, test } from 'vitest'
import type { FeedPhase } from '../../../src/client/feed/feed.ts'
import type { KnownInsight } from '../../../src/protocol/insight/insight.ts'
import { Notifier } from '../../../src/ui/effects/notifier.ts'
import { insight } from '../../helpers/insights.ts'

function ringing(env: Record<string, string> = {}) {
  const rung: string[] = []
  const notifier = new Notifier((sequence) => rung.push(sequence), env)
  const bring = (
    seconds: number,
    content: Partial<KnownInsight> = {},
    { phase = 'live', wasCritical = false }: { phase?: FeedPhase; wasCritical?: boolean } = {},
  ) =>
    notifier.notice(
      {
        type: 'insight',
        insight: insight({ alert_id: 'a', entity_id: 'e1', explanation: 'it burns', ...content }),
        id: undefined,
        phase,
        receivedAt: seconds * 1000,
      },
      wasCritical,
    )
  return { rung, bring }
}

test('a new critical rings the bell and notifies, in words', () => {
  const { rung, bring } = ringing()
  bring(0)
  expect(rung).toEqual(['\u0007\u001b]9;critical 85 e1: it burns\u0007'])
})

test('at most one in ten seconds, however many come', () => {
  const { rung, bring } = ringing()
  for (let second = 0; second < 30; second += 0.5) bring(second)
  expect(rung).toHaveLength(3)
})

test.each([
  ['a replay', {}, { phase: 'replay' as const }],
  ['a snapshot', {}, { phase: 'snapshot' as const }],
  ['one that was critical before', {}, { wasCritical: true }],
  ['a warning', { risk_score: 79.9 }, {}],
  ['what is acknowledged already', { status: 'acknowledged' as const }, {}],
])('never for %s', (_, content, how) => {
  const { rung, bring } = ringing()
  bring(0, content, how)
  expect(rung).toEqual([])
})

test('through tmux the notification goes in an envelope, the bell as it is', () => {
  const { rung, bring } = ringing({ TMUX: '/tmp/tmux,1,0' })
  bring(0)
  expect(rung).toEqual(['\u0007\u001bPtmux;\u001b\u001b]9;critical 85 e1: it burns\u0007\u001b\\'])
})

test('no text can end the sequence or begin another', () => {
  const { rung, bring } = ringing()
  bring(0, { entity_id: '\u0007\u001b]52;c;eA==\u0007', explanation: '\u009c\u001b\\;4;1;\u202e' })
  // oxlint-disable-next-line no-control-regex
  expect(rung.join('')).toMatch(/^\u0007\u001b\]9;critical 85 [^\u0000-\u001f\u007f-\u009f\u202e;]+\u0007$/)
})
