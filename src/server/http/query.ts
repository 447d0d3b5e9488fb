import { type Filter, FilterFault, parseFilter } from '../../protocol/filter/filter.ts'
import { parseInstant } from '../../protocol/time/instant.ts'
import type { Range, RecentQuery } from '../stores/store.ts'
import { badRequest } from './http-fault.ts'
import { readPageToken } from './page-token.ts'

/** Query parameters, checked by name; names that nobody asks for are ignored. */
export class Query {
  private readonly parameters: URLSearchParams
  private readonly now: number

  constructor(parameters: URLSearchParams, now: Date) {
    this.parameters = parameters
    this.now = now.getTime()
  }

  recent(): RecentQuery {
    const token = this.text('nextToken')
    return {
      ...this.range(),
      limit: this.count('limit', 50, 1, 1000),
      after: token === undefined ? undefined : readPageToken(token),
    }
  }

  range(): Range {
    return { since: this.time('since'), until: this.time('until'), filter: this.filter() }
  }

  /** A whole number within bounds. */
  count(name: string, absent: number, least: number, most: number): number {
    const text = this.text(name)
    if (text === undefined) return absent
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw badRequest('invalid_query', `${name} must be a whole number from ${least} to ${most}.`)
  }

  flag(name: string): boolean {
    const text = this.text(name)
    if (text === undefined || text === 'false' || text === '0') return false
    if (text === 'true' || text === '1') return true
    throw badRequest('invalid_query', `${name} must be true or false.`)
  }

  filter(): Filter | undefined {
    const text = this.text('filter')
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

  /** Empty counts as absent: forms and templates send `since=`. */
  text(name: string): string | undefined {
    return this.parameters.get(name) || undefined
  }

  private time(name: string): string | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const time = parseInstant(text, this.now)
    if (time !== undefined && Math.abs(time) < 8.64e15) return new Date(time).toISOString()
    throw badRequest(
      'invalid_query',
      `${name} must be a time like 2026-11-23T14:22:07Z, or an age like 10m or 2d.`,
    )
  }
}
