import type { Insight, KnownInsight } from '../../src/protocol/insight/insight.ts'

/** A complete insight with the given content, of which only `alert_id` is asked for. */
export function insight(content: Partial<KnownInsight> & { alert_id: string }): KnownInsight {
  return {
    entity_id: `entity-${content.alert_id}`,
    timestamp: '2026-11-23T14:22:07.120Z',
    prediction_type: 'churn_risk',
    risk_score: 85,
    explanation: 'likely to leave',
    recommendations: ['call'],
    model_used: 'model-1',
    confidence: 0.9,
    status: 'open',
    ...content,
  }
}

/** An alert of the last minute; those with a greater index are newer. */
export const recentInsight = (index: number, content: Partial<KnownInsight> = {}): KnownInsight =>
  insight({
    alert_id: `a${index}`,
    entity_id: `cust_${index}`,
    timestamp: new Date(Date.now() - 60_000 + index * 10).toISOString(),
    explanation: `story ${index}`,
    ...content,
  })

/** A risk that is known to be readable. */
export const riskOf = ({ risk_score }: Insight): number => Number(risk_score)
