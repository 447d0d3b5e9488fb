import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonSafe, sanitize, sanitizeLines } from '../../src/text/sanitize.ts'
import { displayWidth } from '../../src/text/width.ts'
import { hostileText } from '../helpers/hostile.ts'

// oxlint-disable-next-line no-control-regex
const acting = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/

describe('sanitize', () => {
  it.each([
    ['plain words', 'plain words'],
    ['grüße · 日本語 · 🔥', 'grüße · 日本語 · 🔥'],
    ['a\x1b[2Jb', 'a^[[2Jb'],
    ['\x1b]0;pwn\x07', '^[]0;pwn^G'],
    ['\x9b31mred', '\\u009b31mred'],
    ['\x7f\x00', '^?^@'],
    ['line1\r\nline2\tend', 'line1 line2 end'],
    ['safe\rEVIL', 'safe^MEVIL'],
    ['d\u202eevil\u200b', 'd\\u202eevil\\u200b'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['👩‍💻', '👩💻'],
    ['👍🏽 ❤️ 1️⃣', '👍 ❤ 1'],
    ['🇩🇪 🇩 🇽🇽', '🇩🇪 D XX'],
    ['e\u0301', 'é'],
    ['\u0301x', '◌\u0301x'],
    [`z${'\u0335'.repeat(500)}!`, `z${'\u0335'.repeat(4)}!`],
    ['\ud800x', '\ufffdx'],
    ['한글', '한글'],
  ])('%j becomes %j', (from, to) => expect(sanitize(from)).toBe(to))

  it('leaves nothing that acts, whatever comes in, and changes nothing twice', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const safe = sanitize(text)
        expect(safe).not.toMatch(acting)
        expect(sanitize(safe)).toBe(safe)
      }),
      { numRuns: 500 },
    )
  })

  it('is done with a million hostile characters in linear time', () => {
    for (const flood of ['\u0301', '\u200d', '\x1b', '\u202e', '🏽', '🇩', '\u1160'])
      expect(displayWidth(sanitize(flood.repeat(300_000)))).toBeLessThan(4_000_000)
  })

  it('keeps lines apart where lines are wanted', () => {
    expect(sanitizeLines('a\r\n\tb\u2028c\x1b')).toEqual(['a', '  b', 'c^['])
  })
})

describe('jsonSafe', () => {
  it('escapes what JSON.stringify leaves alone, and changes no value', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const json = jsonSafe(JSON.stringify({ text }))
        expect(json).not.toMatch(acting)
        expect(JSON.parse(json)).toEqual({ text })
      }),
    )
    expect(jsonSafe('{"a":"\x9b\u202e\x7f"}')).toBe('{"a":"\\u009b\\u202e\\u007f"}')
  })

  it('leaves the lines of indented JSON as they are', () => {
    const json = JSON.stringify({ a: 'é', b: '🔥' }, undefined, 2)
    expect(jsonSafe(json)).toBe(json)
  })
})

it('tames the strings of a hostile Alertmanager', () => {
  const payload: unknown = JSON.parse(
    readFileSync(new URL('../fixtures/alertmanager-hostile.json', import.meta.url), 'utf8'),
  )
  JSON.stringify(payload, (_key, value: unknown) => {
    if (typeof value === 'string') expect(sanitize(value)).not.toMatch(acting)
    return value
  })
})
