const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/
/** Normalised, and of a day that every such month has: all but 29 February are known without reckoning. */
const canonical =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/**
 * RFC 3339 in, UTC with milliseconds and `Z` out (`2026-11-23T14:22:07.120Z`). A value without an
 * offset is UTC; digits past the milliseconds are cut off, never rounded up into the next second.
 * Undefined when it is no such time.
 */
export function normalizeTimestamp(value: string): string | undefined {
  if (canonical.test(value)) return value
  const time = parseTimestamp(value)
  return time === undefined ? undefined : new Date(time).toISOString()
}

/** RFC 3339 in, milliseconds since the epoch out; undefined when it is no such time, or no text. */
export function parseTimestamp(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const match = rfc3339.exec(value)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', , sign, offsetHour, offsetMinute] = match
  const hours = Number(hour)
  const minutes = Number(minute)
  const seconds = Number(second)
  if (hours > 23 || minutes > 59 || seconds > 60) return undefined
  const midnight = new Date(0)
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return undefined
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const local = midnight.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds
  if (sign === undefined) return inYearRange(local)
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000
  return inYearRange(sign === '+' ? local - offset : local + offset)
}

/** An offset may push a time out of the four-digit years, which RFC 3339 cannot write. */
function inYearRange(time: number): number | undefined {
  return time >= -62_167_219_200_000 && time <= 253_402_300_799_999 ? time : undefined
}
