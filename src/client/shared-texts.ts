import type { Insight } from '../protocol/insight.ts'

/** Past this many texts the pool starts again; what is held keeps its own. */
const most = 20_000
const pool = new Map<string, string>()

/** Alerts repeat types, entities, words and labels: each text is held once, not once an alert. */
export function withSharedTexts(insight: Insight): Insight {
  if (pool.size > most) pool.clear()
  const { labels } = insight
  return {
    ...insight,
    entity_id: shared(insight.entity_id),
    prediction_type: shared(insight.prediction_type),
    explanation: shared(insight.explanation),
    model_used: shared(insight.model_used),
    recommendations: insight.recommendations.map(shared),
    ...(labels && {
      labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, shared(value)])),
    }),
  }
}

function shared(text: string): string {
  const known = pool.get(text)
  if (known !== undefined) return known
  pool.set(text, text)
  return text
}
