import type { Insight } from '../../src/protocol/insight.ts'

/** An insight with everything that the test doesn't care about filled in. */
export function alert(fields: Partial<Insight> & { alert_id: string }): Insight {
  return {
    entity_id: `cust_${fields.alert_id}`,
    timestamp: '2026-11-23T14:00:00.000Z',
    prediction_type: 'churn_risk',
    risk_score: 50,
    explanation: `what happened to ${fields.alert_id}`,
    recommendations: [],
    model_used: 'm1',
    confidence: 0.9,
    status: 'open',
    ...fields,
  }
}
