import { type Filter, FilterFault, parseFilter } from '../../protocol/filter/filter.ts'
import { parseInstant } from '../../protocol/time/instant.ts'
import { nearestWord } from '../../text/nearest-word.ts'
import type { Range, RecentQuery } from '../stores/store.ts'
import { badRequest } from '../fault/http-fault.ts'
import { readPageToken } from './page-token.ts'

/** Query parameters, each read by its name. An empty one counts as absent: forms and templates send `since=`. */
export class Query<Name extends string> {
  readonly #parameters: URLSearchParams
  readonly #now: number

  /** Throws 400 for a parameter that is not `known`, or that is given twice. */
  constructor(parameters: URLSearchParams, known: Readonly<Record<Name, string>>, now: Date) {
    checkParameters(parameters, Object.keys(known))
    this.#parameters = parameters
    this.#now = now.getTime()
  }

  text(name: Name): string | undefined {
    return this.#parameters.get(name) || undefined
  }

  /** Whether it is there, empty or not. */
  has(name: Name): boolean {
    return this.#parameters.has(name)
  }

  /** A whole number within bounds. */
  count(name: Name, absent: number, min: number, max: number): number {
    const text = this.text(name)
    if (text === undefined) return absent
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw badRequest('invalid_query', `${name} must be a whole number from ${min} to ${max}.`)
  }

  flag(name: Name): boolean {
    const text = this.text(name)
    if (text === undefined || text === 'false' || text === '0') return false
    if (text === 'true' || text === '1') return true
    throw badRequest('invalid_query', `${name} must be true or false.`)
  }

  filter(name: Name): Filter | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    try {
      return parseFilter(text)
    } catch (error) {
      if (!(error instanceof FilterFault)) throw error
      const { message, position } = error
      throw badRequest('invalid_filter', `The filter is wrong at character ${position}: ${message}.`, [
        { position, message },
      ])
    }
  }

  time(name: Name): string | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const time = parseInstant(text, this.#now)
    if (time !== undefined && Math.abs(time) < 8.64e15) return new Date(time).toISOString()
    throw badRequest(
      'invalid_query',
      `${name} must be a time like 2026-11-23T14:22:07Z, or an age like 10m or 2d.`,
    )
  }
}

export const readRange = (query: Query<'since' | 'until' | 'filter'>): Range => ({
  since: query.time('since'),
  until: query.time('until'),
  filter: query.filter('filter'),
})

export function readRecentQuery(
  query: Query<'limit' | 'nextToken' | 'since' | 'until' | 'filter'>,
): RecentQuery {
  const token = query.text('nextToken')
  // Absent, it would start again at the first page.
  if (token === undefined && query.has('nextToken'))
    throw badRequest('invalid_query', 'nextToken is empty; leave it out for the first page.')
  return {
    ...readRange(query),
    limit: query.count('limit', 50, 1, 1000),
    after: token === undefined ? undefined : readPageToken(token),
  }
}

/** Throws 400 for a parameter that is not known, or that is given twice. */
export function checkParameters(parameters: URLSearchParams, known: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of parameters.keys()) {
    if (!known.includes(name)) throw unknownParameter(name, known)
    if (seen.has(name)) throw badRequest('invalid_query', `${name} is given twice.`)
    seen.add(name)
  }
}

function unknownParameter(name: string, known: readonly string[]) {
  const given = JSON.stringify(name.slice(0, 64))
  const near = nearestWord(name.slice(0, 64), known)
  const fault = { parameter: name.slice(0, 64), ...(near !== undefined && { near }) }
  if (known.length === 0)
    return badRequest('unknown_parameter', `This takes no query parameters, and has ${given}.`, [fault])
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`
  return badRequest(
    'unknown_parameter',
    `There is no parameter ${given}; ${hint}${near === undefined ? '.' : ''}`,
    [fault],
  )
}
