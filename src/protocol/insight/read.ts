import { isRawNumber, parseJson } from '../json.ts'
import { isStatus } from '../status.ts'
import { normalizeTimestamp } from '../time/timestamp.ts'
import { type Field, fieldList } from './fields.ts'
import { asItCame, type Insight, type ReadField } from './insight.ts'
import { rawText, Unreadable } from './unreadable.ts'

/**
 * Reads an insight tolerantly, from a value of `parseJson`. Fields of a newer server are kept, those
 * that an older one leaves out are filled in, and one that can't be read costs none of the others:
 * it is {@link Unreadable}, or what can be shown of it, and `encodeInsight` passes it on as it came.
 * Undefined when it is no insight: it has no `alert_id`. Producers are held to `InsightInput`.
 */
export function readInsight(value: unknown): Insight | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  const { alert_id } = fields
  if (typeof alert_id !== 'string' || alert_id === '') return undefined
  let read: Record<string | symbol, unknown> | undefined
  let came: Record<string, ReadField> | undefined
  for (const { name, reader } of readers) {
    const raw = fields[name]
    const good = reader(raw, alert_id)
    if (good === raw) continue
    read ??= { ...fields }
    if (good instanceof ShownOnly) {
      came ??= {}
      came[name] = { value: raw, read: good.read }
      if (good.read === undefined) delete read[name]
      else read[name] = good.read
    } else read[name] = good
  }
  if (read === undefined) return value as Insight
  if (came !== undefined) read[asItCame] = came
  return read as unknown as Insight
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
  for (const [path, { value, read }] of Object.entries(insight[asItCame] ?? {})) {
    const isPartly =
      typeof read === 'object' && typeof value === 'object' && Array.isArray(read) === Array.isArray(value)
    if (isPartly && value !== null) {
      for (const [name, each] of Object.entries(value))
        if (typeof each !== 'string') found.push({ path: `${path}.${name}`, value: each })
    } else if (value !== null) found.push({ path, value })
  }
  return found
}

/** What is shown of a value that is passed on as it came. */
class ShownOnly {
  readonly read: unknown
  constructor(read: unknown) {
    this.read = read
  }
}

/** Gives the value itself where it is as it should be, what was read from it, or {@link ShownOnly}. */
type Reader = (value: unknown, alertId: string) => unknown

const decimal = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function readerOf({ content, missing }: Field): Reader {
  const absent = typeof missing === 'object' ? missing.value : undefined
  /** What stands in a field that is no number, time or status, and has nothing. */
  const nothing = (value: unknown) => (value === undefined ? absent : new ShownOnly(absent))
  switch (content.kind) {
    case 'text':
    case 'url':
      return (value) => {
        if (typeof value === 'string') return value
        return value === undefined || value === null ? nothing(value) : new ShownOnly(rawText(value))
      }
    case 'id':
      // An older server may leave out what the alert is about: it is then about itself.
      return (value, alertId) => {
        if (typeof value === 'string') return value
        if (value === undefined) return alertId
        return new ShownOnly(value === null ? alertId : rawText(value))
      }
    case 'number':
      return (value) => {
        if (value === undefined && absent !== undefined) return absent
        // Some servers send numbers as texts.
        const read = typeof value === 'string' && decimal.test(value) ? Number(value) : value
        return typeof read === 'number' && read >= 0 && read <= content.max ? read : new Unreadable(value)
      }
    case 'time':
      return (value) => {
        if (missing === 'absent' && (value === undefined || value === null)) return nothing(value)
        const read = typeof value === 'string' ? normalizeTimestamp(value) : undefined
        return read ?? new Unreadable(value)
      }
    case 'status':
      return (value) => {
        if (isStatus(value)) return value
        return value === undefined || value === null ? nothing(value) : new Unreadable(value)
      }
    case 'texts':
      return (value) => {
        if (value === undefined || value === null) return nothing(value)
        if (!Array.isArray(value)) return new ShownOnly([rawText(value)])
        return value.every((each) => typeof each === 'string') ? value : new ShownOnly(value.map(rawText))
      }
    case 'labels':
      return (value) => {
        if (value === undefined) return undefined
        if (typeof value !== 'object' || value === null || Array.isArray(value) || isRawNumber(value))
          return new ShownOnly(undefined)
        const entries = Object.entries(value)
        if (entries.every(([, each]) => typeof each === 'string')) return value
        return new ShownOnly(Object.fromEntries(entries.map(([name, each]) => [name, rawText(each)])))
      }
    default:
      return content satisfies never
  }
}

const readers = fieldList
  .filter(({ name }) => name !== 'alert_id')
  .map((field) => ({ name: field.name, reader: readerOf(field) }))
