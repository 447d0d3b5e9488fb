import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../src/protocol/time/duration.ts'
import { parseInstant } from '../../../src/protocol/time/instant.ts'
import { parseSpokenTime } from '../../../src/protocol/time/spoken-time.ts'

const now = Date.parse('2026-11-23T14:22:07.120Z')

const anywhere = [
  ['now', now],
  ['10m', now - 600_000],
  ['1h30m', now - 5_400_000],
  ['2d', now - 172_800_000],
  ['today', new Date(now).setHours(0, 0, 0, 0)],
  ['2026-11-23', Date.parse('2026-11-23T00:00:00Z')],
  ['2026-11-23T10:00:00+02:00', Date.parse('2026-11-23T08:00:00Z')],
  ['1795443727', 1_795_443_727_000],
  ['1795443727120', 1_795_443_727_120],
] as const

const typed = [
  ['yesterday', new Date(2026, 10, new Date(now).getDate() - 1).getTime()],
  ['9:05', new Date(now).setHours(9, 5, 0, 0)],
  ['14:00', new Date(now).setHours(14, 0, 0, 0)],
  ['14:00:30', new Date(now).setHours(14, 0, 30, 0)],
  ['1h ago', now - 3_600_000],
  ['2 hours 30 min ago', now - 9_000_000],
  ['1 day ago', now - 86_400_000],
  ['3 weeks  ago', now - 1_814_400_000],
  ['90 seconds ago', now - 90_000],
] as const

describe('parseInstant', () => {
  it.each(anywhere)('%s', (text, expected) => {
    expect(parseInstant(text, now)).toBe(expected)
  })

  it.each(typed)('leaves %s to the command line: it depends on where it is typed', (text) => {
    expect(parseInstant(text, now)).toBeUndefined()
  })
})

describe('parseSpokenTime', () => {
  it.each([...anywhere, ...typed])('%s', (text, expected) => {
    expect(parseSpokenTime(text, now)).toBe(expected)
  })

  it.each([
    '',
    '10',
    '10x',
    'm',
    'tomorrow',
    '-5m',
    '1h 30m',
    'ago',
    '5 apples ago',
    '24:00',
    '12:60',
    '1:2',
    '14:00:99',
  ])('refuses %j', (text) => {
    expect(parseSpokenTime(text, now)).toBeUndefined()
    expect(parseInstant(text, now)).toBeUndefined()
    if (text !== '10') expect(parseDuration(text)).toBeUndefined()
  })
})
