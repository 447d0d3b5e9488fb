import { parseDuration } from './duration.ts'
import { parseTimestamp } from './timestamp.ts'

/**
 * A moment that means the same wherever it is read, in milliseconds since the epoch: an age (`10m`, `1h30m`), `now`,
 * a date (`2026-11-23`, UTC), RFC 3339, or an epoch in seconds or milliseconds; and `today`, the reader's own
 * midnight. Undefined when it is none of these. People write more: see `parseSpokenTime`.
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
