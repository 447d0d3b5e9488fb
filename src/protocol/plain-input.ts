import { controls, fitsBytes, type InsightInput, limits } from './insight/insight.ts'
import { normalizeTimestamp } from './time/timestamp.ts'

const isText = (value: unknown, least: number, most: number) =>
  typeof value === 'string' && value.length >= least && value.length <= most
const isId = (value: unknown) => isText(value, 1, limits.idLength) && !controls.test(value as string)
const isBytes = (value: unknown, most: number) => typeof value === 'string' && fitsBytes(value, most)
const isBetween = (value: unknown, most: number) => typeof value === 'number' && value >= 0 && value <= most
const isTime = (value: unknown) => typeof value === 'string' && normalizeTimestamp(value) === value

/** What {@link InsightInput} would take as it stands, field by field. Other fields are for it to judge. */
const plain: Readonly<Record<string, (value: unknown) => boolean>> = {
  alert_id: (value) => isId(value) && !(value as string).startsWith('-'),
  entity_id: isId,
  timestamp: isTime,
  prediction_type: (value) => isText(value, 1, limits.typeLength),
  risk_score: (value) => isBetween(value, 100),
  explanation: (value) => isBytes(value, limits.explanationBytes),
  recommendations: (value) =>
    Array.isArray(value) &&
    value.length <= limits.recommendations &&
    value.every((text) => isBytes(text, limits.recommendationBytes)),
  model_used: (value) => isText(value, 0, limits.modelLength),
  confidence: (value) => isBetween(value, 1),
  source: (value) => isText(value, 0, limits.sourceLength),
  labels: areLabels,
}

/**
 * True for a value of `JSON.parse` that is valid beyond doubt and needs no normalising: most of what
 * producers send. It costs a tenth of the schema, which judges everything else and finds the words.
 */
export function isPlainInput(value: unknown): value is InsightInput {
  if (typeof value !== 'object' || value === null) return false
  const item = value as Record<string, unknown>
  for (const name in item) if (!(Object.hasOwn(plain, name) && plain[name]!(item[name]))) return false
  return item.entity_id !== undefined && item.risk_score !== undefined
}

function areLabels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const labels = value as Record<string, unknown>
  let count = 0
  for (const name in labels) {
    if (name === '__proto__' || !isText(name, 1, limits.idLength)) return false
    if (!isBytes(labels[name], limits.labelBytes) || ++count > limits.labels) return false
  }
  return true
}
