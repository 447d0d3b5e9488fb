import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Insight } from '../src/protocol/insight/insight.ts'
import { openJournal } from '../src/server/stores/journal/journal.ts'
import type { Change, Store } from '../src/server/stores/store.ts'

/** One line of a table of results; a ratio is `value` over `peer`. */
export interface Measurement {
  readonly name: string
  readonly value: number
  readonly peer?: number
  readonly ratio?: number
  readonly unit: string
  readonly target?: string
}

export const temporaryDirectory = () => mkdtemp(join(tmpdir(), 'iops-bench-'))
export const openQuietly = (directory: string): Promise<Store> => openJournal(directory, { logger: () => {} })

const types = ['churn_risk', 'session_quality', 'payment_fraud', 'capacity']

/** Distinct alerts, ten milliseconds apart, of a common size (about 500 bytes). */
function change(serial: number): Change {
  const alertId = `0193a5c4-${String(serial).padStart(12, '0')}-7f3a-9c01d2e4`
  const insight: Insight = {
    alert_id: alertId,
    entity_id: `customer_${serial % 5000}`,
    timestamp: new Date(1_790_000_000_000 + serial * 10).toISOString(),
    prediction_type: types[serial % types.length]!,
    risk_score: (serial * 37) % 101,
    explanation: `Activity fell by ${serial % 90} % against the four weeks before, most of it in the evening hours`,
    recommendations: ['Call the account manager', 'Offer a review of the plan'],
    model_used: 'gradient-boost-4',
    confidence: 0.87,
    status: 'open',
    source: 'bench',
    labels: { team: 'payments', region: 'eu-west-1' },
  }
  return { alertId, apply: () => insight }
}

export const changes = (from: number, count: number): Change[] =>
  Array.from({ length: count }, (_, index) => change(from + index))

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
