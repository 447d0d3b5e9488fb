import type { Random } from './random.ts'

/** One sort of insight: whom it is about, and what a model would say at a risk score (0–100). */
export interface Kind {
  readonly type: string
  readonly model: string
  /** How often this sort turns up among the entities. */
  readonly weight: number
  entity(number: number): string
  explain(risk: number, random: Random): string
  readonly advice: readonly [string, ...string[]]
  labels?(number: number): Record<string, string>
}

const services = ['checkout', 'search', 'booking', 'payments', 'video', 'calendar', 'login', 'mail'] as const
const teams = ['growth', 'payments', 'platform', 'supply'] as const

const pad = (number: number, width: number) => String(number).padStart(width, '0')
const service = (number: number) => services[number % services.length] ?? 'checkout'
const scale = (risk: number, low: number, high: number) => low + ((high - low) * risk) / 100

export const kinds: readonly Kind[] = [
  {
    type: 'churn_risk',
    model: 'churn-xgb-v7',
    weight: 5,
    entity: (number) => `cust_${pad((number * 7919) % 1_000_000, 6)}`,
    explain: (risk, random) =>
      `${Math.round(risk)}% churn probability in the next 14 days: ${random.pick([
        `logins down ${random.between(30, 90)}% in three weeks`,
        `${random.between(2, 5)} failed payments`,
        `no session booked for ${random.between(9, 40)} days`,
        `${random.between(2, 6)} support tickets, the last one unanswered`,
        'opened the cancellation page twice this week',
      ])}`,
    advice: [
      'Call before the renewal date',
      'Offer the annual plan',
      'Ask support to close the open ticket first',
      'Suggest a tutor with a rating above 4.8',
    ],
    labels: (number) => ({ team: 'growth', plan: number % 3 === 0 ? 'family' : 'single' }),
  },
  {
    type: 'session_quality',
    model: 'session-quality-v3',
    weight: 4,
    entity: (number) => `session_${pad((number * 104_729) % 10_000, 4)}`,
    explain: (risk, random) =>
      `${scale(100 - risk, 1, 5).toFixed(1)}/5.0 rating, ${random.between(12, 90)} minutes ${
        risk >= 80 ? '(CANCELLED)' : risk >= 60 ? `(${random.between(2, 9)} reconnects)` : '(completed)'
      }`,
    advice: [
      'Refund the session',
      'Listen to the first ten minutes',
      'Offer a free session with another tutor',
    ],
    labels: (number) => ({ team: 'supply', region: number % 2 === 0 ? 'eu' : 'us' }),
  },
  {
    type: 'tutor_capacity',
    model: 'capacity-forecast-v2',
    weight: 3,
    entity: (number) => `tutor_${pad((number * 613) % 100_000, 5)}`,
    explain: (risk) =>
      risk >= 80
        ? 'no slots left this week, requests still coming in'
        : `${Math.max(1, Math.round(scale(100 - risk, 0, 14)))} slots left this week`,
    advice: ['Open weekend slots', 'Move two trial sessions to another tutor', 'Pause new requests'],
    labels: () => ({ team: 'supply' }),
  },
  {
    type: 'payment_failure',
    model: 'payments-anomaly-v5',
    weight: 2,
    entity: (number) => `acct_${pad((number * 3571) % 100_000, 5)}`,
    explain: (risk, random) =>
      `${Math.max(1, Math.round(risk / 20))} of 5 charges declined (${random.pick([
        'insufficient_funds',
        'card_expired',
        'do_not_honor',
        'issuer_unavailable',
      ])})`,
    advice: ['Retry after payday', 'Ask for another card', 'Check the acquirer’s status page'],
    labels: () => ({ team: 'payments' }),
  },
  {
    type: 'latency',
    model: 'slo-burn',
    weight: 1,
    entity: (number) => `svc_${service(number)}`,
    explain: (risk) => `p99 ${Math.round(scale(risk, 120, 2600))} ms over 10 minutes, target 400 ms`,
    advice: ['Look at the slowest trace', 'Roll the last deploy back', 'Add a replica'],
    labels: (number) => ({ team: 'platform', service: service(number) }),
  },
  {
    type: 'error_rate',
    model: 'slo-burn',
    weight: 1,
    entity: (number) => `svc_${service(number)}`,
    explain: (risk, random) =>
      `${scale(risk, 0.1, 14).toFixed(1)}% of requests failed in the last ${random.between(3, 15)} minutes`,
    advice: ['Roll the last deploy back', 'Open the circuit to the failing backend', 'Page the owner'],
    labels: (number) => ({ team: teams[number % teams.length] ?? 'platform', service: service(number) }),
  },
]
