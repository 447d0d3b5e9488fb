import type { Insight } from '../../../../protocol/insight/insight.ts'
import { statuses } from '../../../../protocol/status.ts'
import { fieldText, Unreadable } from '../../../../protocol/insight/unreadable.ts'

/** What the journal keeps of an alert in memory, next to its id. */
export interface Facts {
  /** Milliseconds since the epoch. */
  time: number
  risk: number
  type: string
  /** Index into {@link statuses}. */
  status: number
}

export const resolvedStatus = statuses.indexOf('resolved')

export function factsOf(insight: Insight): Facts {
  const { timestamp, risk_score: risk, status } = insight
  const time = typeof timestamp === 'string' && timestamp.length === 24 ? scanTime(timestamp, 0) : Number.NaN
  if (Number.isNaN(time)) throw new TypeError(`timestamp ${fieldText(timestamp)} is not normalised`)
  if (risk instanceof Unreadable) throw new TypeError(`risk_score ${fieldText(risk)} is no risk`)
  if (status instanceof Unreadable) throw new TypeError(`status ${fieldText(status)} is no status`)
  return { time, risk, type: insight.prediction_type, status: statuses.indexOf(status) }
}

/** A scanned line's facts, and where its id stands. */
export interface ScannedFacts extends Facts {
  idStart: number
  idEnd: number
}

const opening = '{"alert_id":"'
const beforeTimestamp = ',"timestamp":"'
const beforeType = ',"prediction_type":"'
const beforeRisk = ',"risk_score":'
const beforeStatus = ',"status":"'

/**
 * Takes the facts out of canonical text without parsing all of it. `text` is the UTF-8 bytes as
 * Latin-1. A key's text, its quotes included, can't stand inside a JSON string (there its quotes
 * are escaped), and the canonical order puts these keys before any free-form ones.
 * False when the text is not canonical: then parse it.
 */
export function scanFacts(text: string, start: number, end: number, into: ScannedFacts): boolean {
  if (!text.startsWith(opening, start)) return false
  into.idStart = start + opening.length
  into.idEnd = closingQuote(text, into.idStart)
  const timestamp = text.indexOf(beforeTimestamp, into.idEnd) + beforeTimestamp.length
  const time = scanTime(text, timestamp)
  const type = timestamp + '2026-11-23T14:22:07.120Z"'.length
  if (Number.isNaN(time) || !text.startsWith(beforeType, type)) return false
  const typeStart = type + beforeType.length
  const typeEnd = closingQuote(text, typeStart)
  if (!text.startsWith(beforeRisk, typeEnd + 1)) return false
  const riskStart = typeEnd + 1 + beforeRisk.length
  const riskEnd = text.indexOf(',', riskStart)
  const status = text.indexOf(beforeStatus, riskEnd) + beforeStatus.length
  if (riskEnd < 0 || status < beforeStatus.length || status >= end) return false
  into.time = time
  into.risk = Number(text.slice(riskStart, riskEnd))
  into.type = text.slice(typeStart, typeEnd)
  into.status = statuses.findIndex((name) => text.startsWith(name, status))
  return into.status >= 0 && !Number.isNaN(into.risk)
}

/** The position of the quote that ends the string begun at `start`. */
function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at
  }
  return text.length
}

/** `2026-11-23T14:22:07.120Z` at `start`, in milliseconds since the epoch. NaN when it is something else. */
function scanTime(text: string, start: number): number {
  if (text.charCodeAt(start + 23) !== 90) return Number.NaN
  const days = daysOf(digits(text, start, 4), digits(text, start + 5, 2), digits(text, start + 8, 2))
  return (
    days * 86_400_000 +
    digits(text, start + 11, 2) * 3_600_000 +
    digits(text, start + 14, 2) * 60_000 +
    digits(text, start + 17, 2) * 1000 +
    digits(text, start + 20, 3)
  )
}

/** A number of so many digits; NaN when there is something else. */
function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 48
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN
  }
  return value
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; years are counted from March. */
function daysOf(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}
