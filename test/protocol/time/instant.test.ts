import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../src/protocol/time/duration.ts'
import { parseInstant } from '../../../src/protocol/time/instant.ts'

const now = Date.parse('2026-11-23T14:22:07.120Z')

describe('parseInstant', () => {
  it.each([
    ['now', now],
    ['10m', now - 600_000],
    ['1h30m', now - 5_400_000],
    ['2d', now - 172_800_000],
    ['today', new Date(now).setHours(0, 0, 0, 0)],
    ['2026-11-23', Date.parse('2026-11-23T00:00:00Z')],
    ['2026-11-23T10:00:00+02:00', Date.parse('2026-11-23T08:00:00Z')],
    ['1795443727', 1_795_443_727_000],
    ['1795443727120', 1_795_443_727_120],
  ])('%s', (text, expected) => {
    expect(parseInstant(text, now)).toBe(expected)
  })

  it.each(['', '10', '10x', 'm', 'tomorrow', '-5m', '1h 30m'])('refuses %j', (text) => {
    expect(parseInstant(text, now)).toBeUndefined()
    if (text !== '10') expect(parseDuration(text)).toBeUndefined()
  })
})
