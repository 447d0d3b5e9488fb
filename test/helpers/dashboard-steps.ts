import * as fc from 'fast-check'
import type { FeedState } from '../../src/client/feed/feed.ts'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { keys } from '../../src/ui/input/keys.ts'
import { hostileStrings } from './hostile.ts'
import { insight } from './insights.ts'

/** What can happen to a dashboard: the feed brings something, somebody types, the window changes, time passes. */
export type DashboardStep =
  | {
      readonly kind: 'insights'
      readonly phase: 'snapshot' | 'replay' | 'live'
      readonly insights: Insight[]
    }
  | { readonly kind: 'resumed'; readonly replayed: number; readonly gap: string | undefined }
  | { readonly kind: 'link'; readonly change: Partial<FeedState> }
  | { readonly kind: 'fault'; readonly message: string }
  /** As a terminal sends them, in one piece. */
  | { readonly kind: 'keys'; readonly input: string }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'time'; readonly milliseconds: number }

const bytes: Readonly<Record<string, string>> = {
  up: '\x1b[A',
  down: '\x1b[B',
  left: '\x1b[D',
  right: '\x1b[C',
  pageDown: '\x1b[6~',
  pageUp: '\x1b[5~',
  home: '\x1b[H',
  end: '\x1b[F',
  return: '\r',
  escape: '\x1b',
  tab: '\t',
  backspace: '\x7f',
  delete: '\x1b[3~',
  space: ' ',
}

/** What a terminal sends for a key of the table. */
const inputOf = (chord: string): string =>
  bytes[chord] ??
  (chord.length === 2 && chord.startsWith('^') ? String.fromCharCode(chord.charCodeAt(1) - 0x60) : chord)

/** All but those that end or stop the program. */
const chords = keys
  .filter(({ action }) => action !== 'quit' && action !== 'interrupt' && action !== 'suspend')
  .flatMap(({ keys }) => keys)

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...chords).map(inputOf) },
  { weight: 2, arbitrary: fc.constantFrom('j', 'k', 'jjj', '\r', '\x1b') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/risk>=60\r',
      '/severity:critical\t',
      '/entity:e1*',
      '/type:',
      '/"日本',
      '?undo',
      'Yj',
      'aa',
      'aa3\r',
      'RR2\r',
      'a\x1b',
      '\x1b[200~severity:warning\nq\x1b[201~',
      '\x1b[<0;9;7M',
      '\x1b[<65;9;7M',
      '\x1b[<64;9;7M',
    ),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-pr-zA-Z0-9:> -]{1,6}$/) },
)

const texts = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('95 % churn in 14 d', '2.1/5.0 rating (CANCELLED)', 'slots left') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('日本語テキスト', '🔥🔥 on fire', 'z\u0335\u0336algo', '한국어 🇩🇪', '▌─…·'),
  },
  { weight: 1, arbitrary: fc.constantFrom(...hostileStrings) },
)

const start = Date.parse('2026-11-23T11:00:00.000Z')

/** Few ids, types and entities, so that alerts change, repeat and fold. */
const insights = fc.array(
  fc
    .record({
      id: fc.nat(40),
      entity: fc.oneof(
        { weight: 6, arbitrary: fc.nat(6).map((index) => `e${index}`) },
        { weight: 1, arbitrary: texts },
      ),
      type: fc.constantFrom('churn_risk', 'session_quality', 'tutor_capacity', 'x'),
      risk: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(59.9, 60, 79.96, 80, 100)),
      explanation: texts,
      status: fc.constantFrom('open' as const, 'open' as const, 'acknowledged' as const, 'resolved' as const),
      seconds: fc.nat(3600),
      recommendations: fc.array(texts, { maxLength: 3 }),
    })
    .map(({ id, entity, type, risk, explanation, status, seconds, recommendations }) =>
      insight({
        alert_id: `a${id}`,
        entity_id: entity,
        prediction_type: type,
        risk_score: risk,
        explanation,
        status,
        recommendations,
        timestamp: new Date(start + seconds * 1000).toISOString(),
        ...(id % 3 === 0 && { labels: { team: explanation.slice(0, 50) }, url: 'https://a.example/b' }),
      }),
    ),
  { minLength: 1, maxLength: 6 },
)

const links: readonly Partial<FeedState>[] = [
  { status: 'live', attempt: 0, reason: undefined, nextTryAt: undefined, lagMs: 420 },
  { status: 'live', attempt: 0, skewMs: 90_000 },
  { status: 'retrying', attempt: 3, reason: 'connection refused (ECONNREFUSED)' },
  { status: 'retrying', attempt: 11, reason: '\x1b[2J日本語\u202e down' },
  { status: 'connecting' },
]

const sizes = fc.oneof(
  fc.constantFrom([40, 10], [80, 24], [119, 30], [120, 30], [140, 40], [200, 60], [30, 8]),
  fc.tuple(fc.integer({ min: 40, max: 200 }), fc.integer({ min: 10, max: 60 })),
) as fc.Arbitrary<readonly [number, number]>

const oneStep: fc.Arbitrary<DashboardStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('insights' as const),
      phase: fc.constantFrom('live', 'live', 'live', 'replay', 'snapshot'),
      insights,
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('keys' as const), input: key }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resumed' as const),
      replayed: fc.nat(40),
      gap: fc.constantFrom(undefined, undefined, 'expired', 'foreign'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('link' as const), change: fc.constantFrom(...links) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('fault' as const), message: texts }),
  },
  {
    weight: 2,
    arbitrary: sizes.map(([columns, rows]) => ({ kind: 'resize' as const, columns, rows })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      milliseconds: fc.constantFrom(1000, 5000, 61_000),
    }),
  },
)

export const dashboardSteps: fc.Arbitrary<DashboardStep[]> = fc.array(oneStep, {
  minLength: 1,
  maxLength: 30,
})
