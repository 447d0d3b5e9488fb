import { parseDuration } from './duration.ts'
import { parseTimestamp } from './timestamp.ts'

/**
 * A moment as a person writes it, in milliseconds since the epoch: an age (`10m`, `1h30m`, `2d`),
 * `now`, `today` (local midnight), RFC 3339, a date (`2026-11-23`, UTC), or an epoch in seconds or
 * milliseconds. Undefined when it is none of these.
 */
export function parseInstant(text: string, now: number): number | undefined {
  if (text === 'now') return now
  if (text === 'today') return new Date(now).setHours(0, 0, 0, 0)
  const age = parseDuration(text)
  if (age !== undefined) return now - age
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000
  if (/^\d{12,14}$/.test(text)) return Number(text)
  return parseTimestamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
}
