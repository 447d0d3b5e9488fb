import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../../protocol/time/duration.ts'
import { type Filter, FilterFault, parseFilter } from '../../protocol/filter/filter.ts'
import { parseSpokenTime } from '../../protocol/time/spoken-time.ts'

/** Reads a whole number within bounds; commander puts flag and value before the message. */
export const wholeNumber = (low: number, high: number) => (text: string) => {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= low && value <= high) return value
  throw new InvalidArgumentError(`It is a whole number from ${low} to ${high}.`)
}

export const numberWithin = (low: number, high: number) => (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && value >= low && value <= high) return value
  throw new InvalidArgumentError(`It is a number from ${low} to ${high}.`)
}

/** Milliseconds. */
export function duration(text: string): number {
  const value = parseDuration(text)
  if (value !== undefined && value > 0) return value
  throw new InvalidArgumentError('It is a duration such as 30s, 10m or 1h30m.')
}

/** Milliseconds; `0` is none. */
export const durationOrNone = (text: string): number => (/^0+[a-z]*$/.test(text) ? 0 : duration(text))

/** RFC 3339. */
export const instant = (now: () => number) => (text: string) => {
  const value = parseSpokenTime(text, now())
  if (value !== undefined && Math.abs(value) < 8.64e15) return new Date(value).toISOString()
  throw new InvalidArgumentError(
    "It is an age such as 10m or '2d ago', today, yesterday, 14:00, a time in RFC 3339, or an epoch.",
  )
}

const everything: Filter = { text: '', key: '', matches: () => true }

/** An empty text is the filter that everything matches: commander can't keep an undefined value. */
export function filter(text: string): Filter {
  try {
    return parseFilter(text) ?? everything
  } catch (error) {
    if (!(error instanceof FilterFault)) throw error
    throw new InvalidArgumentError(`At character ${error.position + 1}: ${error.message}.`)
  }
}

/** A flag that may stand more than once. */
export const collect = (text: string, before: readonly string[] = []) => [...before, text]
