import { parseJson } from '../json.ts'
import { isStatus } from '../status.ts'
import { normalizeTimestamp } from '../time/timestamp.ts'
import { asItCame, type Insight, type ReadField } from './insight.ts'
import { rawText, Unreadable } from './unreadable.ts'

type Fields = Readonly<Record<string, unknown>>

/** What was read from a value; `same` where it is to be passed on as what was read. */
interface Reading {
  readonly read: unknown
  readonly same: boolean
}

/**
 * Reads an insight tolerantly, from a value of `parseJson`. Fields of a newer server are kept, those
 * that an older one leaves out are filled in, and one that can't be read costs none of the others:
 * it is {@link Unreadable}, or what can be shown of it, and `encodeInsight` passes it on as it came.
 * Undefined when it is no insight: it has no `alert_id`. Producers are held to `InsightInput`.
 */
export function readInsight(value: unknown): Insight | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = value as Fields
  const { alert_id } = fields
  if (typeof alert_id !== 'string' || alert_id === '') return undefined
  const insight: Record<string | symbol, unknown> = { ...fields }
  const came: Record<string, ReadField> = {}
  for (const [name, reader] of Object.entries(readers)) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    const { read, same } = reader(value, alert_id)
    if (read !== undefined) insight[name] = read
    else delete insight[name]
    if (!same) came[name] = { value, read }
  }
  if (Object.keys(came).length > 0) insight[asItCame] = came
  return insight as unknown as Insight
}

/** Why {@link readInsight} takes a value for no insight. */
export function insightFault(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object'
  return `alert_id: ${'alert_id' in value ? 'must be a text, and not empty' : 'is missing'}`
}

/** {@link readInsight} of a JSON text. Throws where it holds no insight. */
export function parseInsight(json: string): Insight {
  const insight = readInsight(parseJson(json))
  if (insight === undefined) throw new TypeError('the text holds no insight')
  return insight
}

/** What could not be read as it should, with its path (`labels.team`), and the value as it came. */
export function unreadableValues(insight: Insight): { readonly path: string; readonly value: unknown }[] {
  const found: { path: string; value: unknown }[] = []
  for (const [path, field] of Object.entries(insight))
    if (field instanceof Unreadable) found.push({ path, value: field.value })
  for (const [path, { value }] of Object.entries(insight[asItCame] ?? {})) {
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
    const wrong = inner.filter(([, each]) => typeof each !== 'string')
    if (wrong.length > 0)
      for (const [name, each] of wrong) found.push({ path: `${path}.${name}`, value: each })
    else if (value !== null) found.push({ path, value })
  }
  return found
}

type Reader = (value: unknown, alertId: string) => Reading

const good = (read: unknown): Reading => ({ read, same: true })
const unreadable = (value: unknown): Reading => good(new Unreadable(value))

/** A text, and what is shown in its place where there is none. */
const text =
  (missing?: string): Reader =>
  (value) => {
    if (typeof value === 'string') return good(value)
    if (value === undefined) return good(missing)
    return { read: value === null ? missing : rawText(value), same: false }
  }

const texts: Reader = (value) => {
  if (value === undefined) return good([])
  if (!Array.isArray(value)) return { read: value === null ? [] : [rawText(value)], same: false }
  if (value.every((each) => typeof each === 'string')) return good(value)
  return { read: value.map(rawText), same: false }
}

const textRecord: Reader = (value) => {
  if (value === undefined) return good(undefined)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { read: undefined, same: false }
  const entries = Object.entries(value)
  if (entries.every(([, each]) => typeof each === 'string')) return good(value)
  return { read: Object.fromEntries(entries.map(([name, each]) => [name, rawText(each)])), same: false }
}

const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A number in bounds. Some servers send it as text. */
const number =
  (max: number, missing?: number): Reader =>
  (value) => {
    if (value === undefined && missing !== undefined) return good(missing)
    const read = typeof value === 'string' && decimal.test(value) ? Number(value) : value
    return typeof read === 'number' && read >= 0 && read <= max ? good(read) : unreadable(value)
  }

const time =
  (isRequired: boolean): Reader =>
  (value) => {
    if (value === undefined && !isRequired) return good(undefined)
    if (value === null && !isRequired) return { read: undefined, same: false }
    const read = typeof value === 'string' ? normalizeTimestamp(value) : undefined
    return read === undefined ? unreadable(value) : good(read)
  }

const status: Reader = (value) => {
  if (isStatus(value)) return good(value)
  if (value === undefined || value === null) return { read: 'open', same: value === undefined }
  return unreadable(value)
}

const readers: Readonly<Record<string, Reader>> = {
  // Where an older server leaves it out, the alert is about itself.
  entity_id: (value, alertId) => text(alertId)(value, alertId),
  timestamp: time(true),
  prediction_type: text('unknown'),
  risk_score: number(100),
  explanation: text(''),
  recommendations: texts,
  model_used: text('unknown'),
  confidence: number(1, 0),
  status,
  acknowledged_by: text(),
  acknowledged_at: time(false),
  resolved_at: time(false),
  source: text(),
  labels: textRecord,
  url: text(),
}
