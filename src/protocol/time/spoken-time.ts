import { parseDuration } from './duration.ts'
import { parseInstant } from './instant.ts'

/**
 * A moment as a person types it, in milliseconds since the epoch: what {@link parseInstant} reads, `yesterday` (local
 * midnight), a time of today (`14:00`, `14:00:30`, local), or an age in words (`2d ago`, `2 hours 30 min ago`).
 * Undefined when it is none of these.
 */
export function parseSpokenTime(text: string, now: number): number | undefined {
  if (text === 'yesterday') {
    const day = new Date(now)
    // Not 24 hours before: a day may be longer or shorter.
    day.setDate(day.getDate() - 1)
    return day.setHours(0, 0, 0, 0)
  }
  const [, hour, minute, second = '0'] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? []
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60)
    return new Date(now).setHours(Number(hour), Number(minute), Number(second), 0)
  const age = parseAgo(text)
  return age === undefined ? parseInstant(text, now) : now - age
}

/** `1h ago`, `2 hours 30 min ago`, in milliseconds. */
function parseAgo(text: string): number | undefined {
  const [, spelled] = /^(.*\S)\s+ago$/.exec(text) ?? []
  const short = spelled
    ?.replaceAll(/\s+/g, '')
    .replaceAll(/(ms|[smhdw])(?:ec|econd|in|inute|our|r|ay|eek)?s?(?=\d|$)/g, '$1')
  return short === undefined ? undefined : parseDuration(short)
}
