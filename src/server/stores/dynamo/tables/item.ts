import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { convertToAttr, convertToNative, type NativeAttributeValue } from '@aws-sdk/util-dynamodb'
import { createHash } from 'node:crypto'
import { encodeInsight, sentFields } from '../../../../protocol/insight/encode.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { readInsight } from '../../../../protocol/insight/read.ts'
import { Unreadable } from '../../../../protocol/insight/unreadable.ts'
import { normalizeTimestamp } from '../../../../protocol/time/timestamp.ts'
import type { Item } from '../db.ts'

/** The item's type under which insights share their table with others' items. */
export const insightType: AttributeValue = { S: 'insight' }

/** Attributes that are the table's and not the insight's. */
const reserved = new Set(['entity_id', 'entity_type', 'related_entity', 'ttl', 'alert_id'])

export const keyOf = (alertId: string): Item => ({ entity_id: { S: alertId }, entity_type: insightType })

/** An insight as the table keeps it. Undefined when the item can't be read as one. */
export function insightOf(item: Item): Insight | undefined {
  const alertId = item['entity_id']?.S
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(item)) if (!reserved.has(name)) fields[name] = plain(value)
  return readInsight({ ...fields, alert_id: alertId, entity_id: item['related_entity']?.S ?? alertId })
}

/**
 * The item that says what `insight` says. Attributes of the former item that are none of ours to
 * change stay as they are, to the letter: another writer's time stamp, sets, binaries, long numbers.
 */
export function itemOf(insight: Insight, former: Item = {}, ttl?: number): Item {
  const item: Item = {}
  for (const [name, value] of Object.entries(former))
    if (!reserved.has(name) && plain(value) === undefined) item[name] = value
  for (const [name, field] of Object.entries(sentFields(insight))) {
    const value = field instanceof Unreadable ? field.value : field
    if (reserved.has(name) || value === undefined) continue
    const old = former[name]
    item[name] = old && says(old, name, value) ? old : attribute(value)
  }
  Object.assign(item, keyOf(insight.alert_id), { related_entity: attribute(insight.entity_id) })
  const expiry = former['ttl'] ?? (ttl === undefined ? undefined : { N: String(ttl) })
  if (expiry) item['ttl'] = isOwnExpiry(former, ttl) ? { N: nextExpiry(former, ttl) } : expiry
  return item
}

/** Our own expiries lie as far ahead, and a little further where an alert changed often within a second. */
const ownSlack = 3600

/** Whether a write moves the expiry: one that lies further ahead than any of ours is its writer's to keep. */
const isOwnExpiry = (former: Item, ttl: number | undefined): boolean =>
  ttl !== undefined && Number(former['ttl']?.N ?? 0) <= ttl + ownSlack

/** Never the same twice: no two versions of ours are alike, and a condition on one can't hold for the other. */
const nextExpiry = (former: Item, ttl = 0): string => String(Math.max(ttl, Number(former['ttl']?.N ?? 0) + 1))

/** Whether {@link itemOf} makes an item that was never there before, whatever the insight says. */
export const isUniqueAfter = (former: Item | undefined, ttl: number): boolean =>
  former === undefined || (former['ttl'] !== undefined && isOwnExpiry(former, ttl))

/** As the table gives it back: strings well formed, numbers in its range. One content, one digest. */
export const asStored = (insight: Insight): Insight => insightOf(itemOf(insight)) ?? insight

/** Expired items stay until DynamoDB gets to deleting them, often for days. */
export const isExpired = (item: Item, now: number): boolean => {
  const ttl = Number(item['ttl']?.N ?? Infinity)
  return ttl <= now / 1000
}

/** 64 bits of a text's SHA-1, in hex. */
export const digestOf = (json: string): string =>
  createHash('sha1').update(json).digest().toString('hex', 0, 8)

export const digestOfInsight = (insight: Insight): string => digestOf(encodeInsight(insight))

const says = (old: AttributeValue, name: string, value: unknown): boolean =>
  name === 'timestamp' && old.S !== undefined
    ? (normalizeTimestamp(old.S) ?? old.S) === value
    : JSON.stringify(plain(old)) === JSON.stringify(value)

/** Numbers beyond DynamoDB's range (1e-130 to 1e126) are 0, and strings are well formed. */
const attribute = (value: unknown): AttributeValue =>
  convertToAttr(storable(value), { allowImpreciseNumbers: true })

function storable(value: unknown): NativeAttributeValue {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number') return Math.abs(value) < 1e126 && Math.abs(value) >= 1e-130 ? value : 0
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object') return (value as boolean | undefined) ?? null
  return value && new Map(Object.entries(value).map(([name, each]) => [name, storable(each)]))
}

/** Undefined for what JSON has no form for. */
const plain = (value: AttributeValue): unknown => readable(convertToNative(value, { wrapNumbers: Number }))

function readable(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return undefined
  if (value instanceof Set) return sorted([...value])
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]))
}

/** A set of strings or numbers as a list in one order; binaries have no such form. */
function sorted(values: readonly unknown[]): unknown[] | undefined {
  if (values.every((value) => typeof value === 'number')) return values.toSorted((a, b) => a - b)
  if (values.every((value) => typeof value === 'string')) return values.toSorted((a, b) => (a < b ? -1 : 1))
  return undefined
}
