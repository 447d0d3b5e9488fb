import { limits } from './limits.ts'

/** What a field holds, and its bounds: lengths in UTF-16 code units, sizes in bytes of UTF-8, numbers from 0. */
export type Content =
  | {
      readonly kind: 'text'
      readonly minLength?: number
      readonly maxLength?: number
      readonly maxBytes?: number
    }
  /** A text without control characters; an `alert` has no `-` in front, where a command would take it for an option. */
  | { readonly kind: 'id'; readonly maxLength: number; readonly of: 'alert' | 'other' }
  | { readonly kind: 'number'; readonly max: number }
  | { readonly kind: 'time' }
  | { readonly kind: 'status' }
  | { readonly kind: 'texts'; readonly maxItems: number; readonly maxBytes: number }
  | {
      readonly kind: 'labels'
      readonly maxItems: number
      readonly maxNameLength: number
      readonly maxBytes: number
    }
  /** A link over http or https. */
  | { readonly kind: 'url'; readonly maxLength: number }

/** What stands in a field that a producer leaves out. `absent`: nothing. */
type Missing =
  | 'refused'
  | 'generated'
  | 'arrival'
  | 'absent'
  | { readonly value: string | number | readonly string[] }

/** A flag of `iops publish`, as commander writes it. */
interface Flag {
  readonly flags: string
  readonly help: string
}

/** A column of `iops recent`, with `max` columns of text at most; on a narrow terminal the highest `drop` goes first. */
interface Column {
  readonly title: string
  readonly max?: number
  readonly drop?: number
  /** Columns stand in this order. */
  readonly place: number
}

export interface Field {
  readonly content: Content
  readonly missing: Missing
  /** What people decided stays when a source sends the alert anew without it. */
  readonly kept?: true
  /** The name in the filter grammar. */
  readonly filter?: string
  /** Whether free words of a filter are looked for in it. */
  readonly searched?: true
  readonly flag?: Flag
  readonly column?: Column
  /** Its name in the detail of the dashboard, in ten columns; those without have a place of their own there. */
  readonly detail?: string
}

const text = (maxLength: number) => ({ kind: 'text', maxLength }) as const
const sized = (maxBytes: number) => ({ kind: 'text', maxBytes }) as const
const time = { kind: 'time' } as const

/**
 * The one table of what an insight has, in the order of its JSON. Schema, tolerant reader, encoding,
 * completion at ingest, filter, flags, columns and detail derive from it: a new field is one entry.
 */
export const fields = {
  alert_id: {
    content: { kind: 'id', maxLength: limits.idLength, of: 'alert' },
    missing: 'generated',
    filter: 'id',
    searched: true,
    flag: { flags: '--id <alert_id>', help: 'the alert this is a new version of' },
  },
  entity_id: {
    content: { kind: 'id', maxLength: limits.idLength, of: 'other' },
    missing: 'refused',
    filter: 'entity',
    searched: true,
    flag: { flags: '-e, --entity <id>', help: 'whom or what it is about' },
    column: { title: 'ENTITY', max: 20, place: 30 },
  },
  timestamp: {
    content: time,
    missing: 'arrival',
    flag: { flags: '--timestamp <time>', help: 'RFC 3339; now, unless given' },
  },
  prediction_type: {
    content: { kind: 'text', minLength: 1, maxLength: limits.typeLength },
    missing: { value: 'unknown' },
    filter: 'type',
    searched: true,
    flag: { flags: '-t, --type <type>', help: 'such as churn_risk' },
    column: { title: 'TYPE', max: 18, drop: 2, place: 20 },
  },
  risk_score: {
    content: { kind: 'number', max: 100 },
    missing: 'refused',
    filter: 'risk',
    flag: { flags: '-r, --risk <score>', help: '0-100; from 60 a warning, from 80 critical' },
  },
  explanation: {
    content: sized(limits.explanationBytes),
    missing: { value: '' },
    searched: true,
    flag: { flags: '-x, --explanation <text>', help: 'why, in a sentence' },
    column: { title: 'EXPLANATION', place: 90 },
  },
  recommendations: {
    content: { kind: 'texts', maxItems: limits.recommendations, maxBytes: limits.recommendationBytes },
    missing: { value: [] },
    searched: true,
    flag: { flags: '--recommend <text>', help: 'what to do; may stand more than once' },
  },
  model_used: {
    content: text(limits.modelLength),
    missing: { value: 'unknown' },
    filter: 'model',
    searched: true,
    flag: { flags: '--model <name>', help: 'what made it' },
    detail: 'model',
  },
  confidence: {
    content: { kind: 'number', max: 1 },
    missing: { value: 0 },
    filter: 'confidence',
    flag: { flags: '--confidence <p>', help: '0-1' },
    detail: 'confidence',
  },
  status: {
    content: { kind: 'status' },
    missing: { value: 'open' },
    kept: true,
    filter: 'status',
    flag: { flags: '--status <status>', help: 'where it stands' },
    column: { title: 'STATUS', drop: 4, place: 10 },
  },
  acknowledged_by: {
    content: text(limits.idLength),
    missing: 'absent',
    kept: true,
    filter: 'by',
    detail: 'acked by',
  },
  acknowledged_at: { content: time, missing: 'absent', kept: true },
  acknowledged_until: { content: time, missing: 'absent', kept: true, filter: 'until', detail: 'ack until' },
  resolved_at: { content: time, missing: 'absent', kept: true, detail: 'resolved' },
  note: {
    content: sized(limits.noteBytes),
    missing: 'absent',
    kept: true,
    filter: 'note',
    searched: true,
    detail: 'note',
  },
  source: {
    content: text(limits.sourceLength),
    missing: 'absent',
    filter: 'source',
    searched: true,
    flag: { flags: '--source <name>', help: 'who sent it' },
    detail: 'source',
  },
  labels: {
    content: {
      kind: 'labels',
      maxItems: limits.labels,
      maxNameLength: limits.idLength,
      maxBytes: limits.labelBytes,
    },
    missing: 'absent',
    searched: true,
    flag: { flags: '--label <name=value>', help: 'may stand more than once' },
    detail: 'labels',
  },
  url: {
    content: { kind: 'url', maxLength: limits.urlLength },
    missing: 'absent',
    flag: { flags: '--link <url>', help: 'a runbook or where it was made' },
    detail: 'url',
  },
} as const satisfies Record<string, Field>

export type FieldName = keyof typeof fields

/** In the order of an insight's JSON. */
export const fieldNames = Object.keys(fields) as readonly FieldName[]

/** The table with every entry as a {@link Field}, for those who treat all alike. */
export const fieldList: readonly (Field & { readonly name: FieldName })[] = fieldNames.map((name) => ({
  name,
  ...fields[name],
}))
