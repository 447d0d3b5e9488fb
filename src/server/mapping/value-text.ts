import type { Mapping, Origin } from './mapping.ts'
import { lookUp } from './path.ts'

/** What an origin gives for an alert; null and empty text are nothing. */
export function valueOf(alert: unknown, origin: Origin | undefined): unknown {
  if (origin === undefined) return undefined
  if ('value' in origin) return origin.value
  return origin.paths
    .map((path) => lookUp(alert, path))
    .find((value) => value !== undefined && value !== null && value !== '')
}

/** As text: what is no scalar as JSON. */
export function textOf(alert: unknown, origin: Mapping['url']): string | undefined {
  const value = valueOf(alert, origin)
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A number, or digits that are one; anything else as it is, so that the fault names it. */
export function numberOf(alert: unknown, origin: Mapping['url']): unknown {
  const value = valueOf(alert, origin)
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
}

/** RFC 3339, or a number: seconds since the epoch, or milliseconds where seconds would be after the year 5138. */
export function timeOf(alert: unknown, origin: Mapping['url']): unknown {
  const value = numberOf(alert, origin)
  if (typeof value !== 'number') return value
  const date = new Date(Math.abs(value) < 1e11 ? value * 1000 : value)
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString()
}
