import type { Insight } from '../../../protocol/insight/insight.ts'

/** Past this many a pool starts again; what is held keeps its own. */
const most = 20_000
const texts = new Map<string, string>()

const lists = new Map<string, readonly string[]>()
const records = new Map<string, Readonly<Record<string, string>>>()

/** Alerts repeat types, entities, words, advice and labels: each is held once, not once an alert. */
export function withSharedTexts(insight: Insight): Insight {
  const { labels } = insight
  return {
    ...insight,
    entity_id: sharedText(insight.entity_id),
    prediction_type: sharedText(insight.prediction_type),
    explanation: sharedText(insight.explanation),
    model_used: sharedText(insight.model_used),
    recommendations: shared(
      lists,
      JSON.stringify(insight.recommendations),
      insight.recommendations,
    ) as string[],
    ...(labels && { labels: shared(records, JSON.stringify(labels), labels) }),
  }
}

const sharedText = (text: string): string => shared(texts, text, text)

function shared<T>(pool: Map<string, T>, key: string, value: T): T {
  const known = pool.get(key)
  if (known !== undefined) return known
  if (pool.size >= most) pool.clear()
  pool.set(key, value)
  return value
}
