import { z } from 'zod'
import { statuses } from '../status.ts'
import { normalizeTimestamp } from '../time/timestamp.ts'
import type { Unreadable } from './unreadable.ts'

export const Status = z.enum(statuses)
export type Status = z.infer<typeof Status>

/** Bounds of an insight at ingest. Lengths are in characters, sizes in bytes of UTF-8. */
export const limits = {
  idLength: 256,
  typeLength: 128,
  explanationBytes: 8192,
  recommendations: 32,
  recommendationBytes: 2048,
  modelLength: 256,
  sourceLength: 128,
  labels: 64,
  labelBytes: 2048,
  urlLength: 2048,
  batchItems: 1000,
  bodyBytes: 1024 * 1024,
} as const

// oxlint-disable-next-line no-control-regex
export const controls = /[\u0000-\u001f\u007f-\u009f]/
const utf8 = new TextEncoder()

/** No string takes more than three bytes of UTF-8 per code unit, so most are never measured. */
export const fitsBytes = (text: string, most: number) =>
  text.length * 3 <= most || (text.length <= most && utf8.encode(text).length <= most)

const bytes = (most: number) =>
  z.string().refine((text) => fitsBytes(text, most), `is longer than ${most} bytes of UTF-8`)

const id = z
  .string()
  .min(1)
  .max(limits.idLength)
  .refine((text) => !controls.test(text), 'must not contain control characters')

/** Scripts hand ids to commands, which would take such a one for an option. */
const alertId = id.refine((text) => !text.startsWith('-'), 'must not begin with "-"')

const timestamp = z.string().transform((text, context) => {
  const normal = normalizeTimestamp(text)
  if (normal !== undefined) return normal
  context.addIssue({
    code: 'custom',
    message: 'is no RFC 3339 time, like 2026-11-23T14:22:07Z',
    input: text,
  })
  return z.NEVER
})

const httpUrl = z
  .string()
  .max(limits.urlLength)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'must be an http(s) URL')

/** A record leaves this name out without a word, so that it has to be met before. */
const labels = z.preprocess(
  (value, context) => {
    if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
      context.addIssue({ code: 'custom', path: ['__proto__'], message: 'is a name that no label can have' })
    return value
  },
  z
    .record(z.string().min(1).max(limits.idLength), bytes(limits.labelBytes))
    .refine((record) => Object.keys(record).length <= limits.labels, `has more than ${limits.labels} labels`),
)

/**
 * What a producer may send. Strict: an unknown field is an error that names its path, so nothing
 * is dropped in silence. What may be missing is filled in by the server (`completeInsight`).
 */
export const InsightInput = z.strictObject({
  alert_id: alertId.optional(),
  entity_id: id,
  timestamp: timestamp.optional(),
  prediction_type: z.string().min(1).max(limits.typeLength).optional(),
  risk_score: z.number().min(0).max(100),
  explanation: bytes(limits.explanationBytes).optional(),
  recommendations: z.array(bytes(limits.recommendationBytes)).max(limits.recommendations).optional(),
  model_used: z.string().max(limits.modelLength).optional(),
  confidence: z.number().min(0).max(1).optional(),
  status: Status.optional(),
  acknowledged_by: z.string().max(limits.idLength).optional(),
  acknowledged_at: timestamp.optional(),
  resolved_at: timestamp.optional(),
  source: z.string().max(limits.sourceLength).optional(),
  labels: labels.optional(),
  url: httpUrl.optional(),
})
export type InsightInput = z.infer<typeof InsightInput>

/** How an insight is described to other programs. It is read by `readInsight`, which takes more. */
export const InsightSchema = z.looseObject({
  alert_id: z.string().min(1),
  entity_id: z.string(),
  timestamp: z.string(),
  prediction_type: z.string(),
  risk_score: z.number().min(0).max(100),
  explanation: z.string(),
  recommendations: z.array(z.string()),
  model_used: z.string(),
  confidence: z.number().min(0).max(1),
  status: Status,
  acknowledged_by: z.string().optional(),
  acknowledged_at: z.string().optional(),
  resolved_at: z.string().optional(),
  source: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  url: z.string().optional(),
})

/** Holds fields of an insight as they came, where reading them made something else of them. */
export const asItCame = Symbol('fields as they came')

/** What came in a field, and what was read from it. */
export interface ReadField {
  readonly value: unknown
  readonly read: unknown
}

/**
 * A risk-scored alert, as stored and as sent. Timestamps are UTC with milliseconds and `Z`;
 * `risk_score` is 0–100, `confidence` 0–1. What can't be a number, a time or a status is
 * {@link Unreadable} where it came from another server.
 */
export interface Insight {
  alert_id: string
  entity_id: string
  timestamp: string | Unreadable
  prediction_type: string
  risk_score: number | Unreadable
  explanation: string
  recommendations: string[]
  model_used: string
  confidence: number | Unreadable
  status: Status | Unreadable
  acknowledged_by?: string | undefined
  acknowledged_at?: string | Unreadable | undefined
  resolved_at?: string | Unreadable | undefined
  source?: string | undefined
  labels?: Record<string, string> | undefined
  url?: string | undefined
  readonly [asItCame]?: Readonly<Record<string, ReadField>>
}

/** The fields of an insight in the order in which they are written. */
const order = Object.keys(InsightSchema.shape) as Extract<keyof Insight, string>[]

/** An insight as this server makes it: what decides how bad it is, is known. */
export interface KnownInsight extends Insight {
  timestamp: string
  risk_score: number
  confidence: number
  status: Status
}

/**
 * One JSON text for one content: fields in a fixed order, absent ones left out, labels sorted,
 * fields of a newer version last. Equal contents give equal texts, whatever order they came in.
 */
export function encodeInsight(insight: Insight): string {
  if (insight[asItCame] !== undefined) return encodeInsight(sentFields(insight) as unknown as Insight)
  if (isInOrder(insight)) {
    const { labels } = insight
    const sorted = !isRecord(labels) || areSorted(labels)
    return JSON.stringify(sorted ? insight : { ...insight, labels: sortedRecord(labels) })
  }
  const known: Record<string, unknown> = {}
  for (const name of order) if (insight[name] !== undefined) known[name] = insight[name]
  if (isRecord(insight.labels)) known['labels'] = sortedRecord(insight.labels)
  for (const name of Object.keys(insight).sort())
    if (!(name in known)) known[name] = insight[name as keyof Insight]
  return JSON.stringify(known)
}

/** The fields as they are passed on: those that came as something else than was read from them stay as they came. */
export function sentFields(insight: Insight): Readonly<Record<string, unknown>> {
  const came = insight[asItCame]
  if (came === undefined) return insight as unknown as Record<string, unknown>
  const { [asItCame]: _, ...rest } = insight
  const fields: Record<string, unknown> = rest
  for (const [name, { value, read }] of Object.entries(came))
    if (JSON.stringify(fields[name]) === JSON.stringify(read)) fields[name] = value
  return fields
}

/** Most insights come in the order they are written in, and need no rearranging. */
function isInOrder(insight: Insight): boolean {
  let place = -1
  for (const name in insight) {
    const next = places.get(name)
    if (next === undefined || next <= place) return false
    place = next
  }
  return true
}

/** What came from another server may be anything. */
const isRecord = (labels: Insight['labels']): labels is Record<string, string> =>
  typeof labels === 'object' && labels !== null && !Array.isArray(labels)

function areSorted(labels: Record<string, string>): boolean {
  let last = ''
  for (const name in labels) {
    // Names like `7` stand first in every object, so they are sorted apart.
    if (name <= last || name < 'A') return false
    last = name
  }
  return true
}

const places = new Map<string, number>(order.map((name, place) => [name, place]))

function sortedRecord(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
