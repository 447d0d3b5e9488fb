/** A `Retry-After` past an hour is cut to it: a person may still be waiting. Milliseconds. */
const maxDelay = 3_600_000

/**
 * `Retry-After` (RFC 9110, 10.2.3), seconds or an HTTP date, as milliseconds from `now`, at least
 * one second and at most an hour. Undefined when it is neither.
 */
export function retryAfterDelay(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  const text = header.trim()
  const delay = /^\d+$/.test(text) ? Number(text) * 1000 : httpDate(text) - now
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 1000), maxDelay)
}

/** All three forms of an HTTP date start with the day's name; one of them doesn't say that it is UTC. */
function httpDate(text: string): number {
  if (!/^(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return Number.NaN
  return Date.parse(/GMT$/i.test(text) ? text : `${text} GMT`)
}
