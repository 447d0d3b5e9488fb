import { createHash } from 'node:crypto'
import type { KnownInsight } from '../../../protocol/insight/insight.ts'
import { type Expectation, expectedText, silenceText } from './expectation.ts'

/** What a handler gets for a silence: an alert of this machine, the same for each silence of one expectation. */
export function silenceInsight(expected: Expectation, isSilent: boolean, now: number): KnownInsight {
  const name = expectedText(expected)
  const key = createHash('sha256').update(`${expected.every} ${name}`).digest('hex').slice(0, 16)
  const time = new Date(now).toISOString()
  return {
    alert_id: `silence-${key}`,
    entity_id: name.slice(0, 256),
    timestamp: time,
    prediction_type: 'silence',
    risk_score: 90,
    explanation: isSilent ? silenceText(expected) : `${name}: heard again`,
    recommendations: [],
    model_used: 'iops watch',
    confidence: 1,
    status: isSilent ? 'open' : 'resolved',
    ...(!isSilent && { resolved_at: time }),
  }
}
