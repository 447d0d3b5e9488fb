import { fieldList } from '../../../protocol/insight/fields.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'

/** Past this many a pool starts again; what is held keeps its own. */
const maxPooled = 20_000
const texts = new Map<string, string>()
const objects = new Map<string, object>()

const sharedKinds: ReadonlySet<string> = new Set(['text', 'id', 'url', 'texts', 'labels'])

/** Fields that many alerts have alike. No two alerts share their id. */
const sharedNames = fieldList
  .filter(({ name, content }) => name !== 'alert_id' && sharedKinds.has(content.kind))
  .map(({ name }) => name)

/** Alerts repeat types, entities, words, advice and labels: each is held once, not once an alert. */
export function withSharedTexts(insight: Insight): Insight {
  const held: Record<string, unknown> = { ...insight }
  for (const name of sharedNames) {
    const value: unknown = held[name]
    if (typeof value === 'string') held[name] = pooled(texts, value, value)
    else if (typeof value === 'object' && value !== null)
      held[name] = pooled(objects, JSON.stringify(value), value)
  }
  return held as unknown as Insight
}

function pooled<T>(pool: Map<string, T>, key: string, value: T): T {
  const known = pool.get(key)
  if (known !== undefined) return known
  if (pool.size >= maxPooled) pool.clear()
  pool.set(key, value)
  return value
}
