import { parseDuration } from './duration.ts'
import { parseTimestamp } from './timestamp.ts'

/**
 * A moment as a person writes it, in milliseconds since the epoch: an age (`10m`, `1h30m`, `2d ago`, `2 hours 30 min ago`),
 * `now`, `today` and `yesterday` (local midnight), a time of today (`14:00`, `14:00:30`, local), a date
 * (`2026-11-23`, UTC), RFC 3339, or an epoch in seconds or milliseconds. Undefined when it is none of these.
 */
export function parseInstant(text: string, now: number): number | undefined {
  if (text === 'now') return now
  if (text === 'today') return new Date(now).setHours(0, 0, 0, 0)
  if (text === 'yesterday') {
    const day = new Date(now)
    // Not 24 hours before: a day may be longer or shorter.
    day.setDate(day.getDate() - 1)
    return day.setHours(0, 0, 0, 0)
  }
  const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60)
    return new Date(now).setHours(Number(hour), Number(minute), Number(second), 0)
  const age = parseDuration(text) ?? parseAgo(text)
  if (age !== undefined) return now - age
  if (/^\d{9,11}$/.test(text)) return Number(text) * 1000
  if (/^\d{12,14}$/.test(text)) return Number(text)
  return parseTimestamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
}

/** `1h ago`, `2 hours 30 min ago`, in milliseconds. */
function parseAgo(text: string): number | undefined {
  const [, spelled] = /^(.*\S)\s+ago$/.exec(text) ?? []
  const short = spelled
    ?.replaceAll(/\s+/g, '')
    .replaceAll(/(ms|[smhdw])(?:ec|econd|in|inute|our|r|ay|eek)?s?(?=\d|$)/g, '$1')
  return short === undefined ? undefined : parseDuration(short)
}
