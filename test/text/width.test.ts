import * as fc from 'fast-check'
import stringWidth from 'string-width'
import { expect, it } from 'vitest'
import { sanitize } from '../../src/text/sanitize.ts'
import { displayWidth, padEnd, padStart, truncate } from '../../src/text/width.ts'
import { hostileText } from '../helpers/hostile.ts'

it('counts the columns of sanitised text as string-width does', () => {
  fc.assert(
    fc.property(hostileText(), (text) => {
      const safe = sanitize(text)
      expect(displayWidth(safe)).toBe(stringWidth(safe))
    }),
    {
      numRuns: 500,
      examples: [
        ['👩\u{11a57}'],
        ['가\u{1612a}'],
        ['🔥\u{1133e}'],
        ['🇩🇪\u0301\u{114b0}'],
        ['👍🏽\u{11a57}\u{11a57}'],
      ],
    },
  )
})

it('counts every character as string-width does, alone and beside others', () => {
  // Han, Hangul and what has no character yet are all alike, and too many to try each
  const alike = /[\p{Script=Han}\p{Script=Hangul}\p{Cn}\p{Co}\p{Cs}]/u
  const differing: string[] = []
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code)
    if (alike.test(character)) continue
    for (const text of [
      character,
      `${character}a`,
      `${character}日`,
      `${character}⿰`,
      `a${character}`,
      `日${character}`,
    ]) {
      const safe = sanitize(text)
      if (displayWidth(safe) !== stringWidth(safe))
        differing.push(`U+${code.toString(16)} in ${JSON.stringify(text)}`)
    }
  }
  expect(differing).toEqual([])
})

it.each([
  ['churn', 5, 'churn'],
  ['churn', 4, 'chu…'],
  ['churn', 1, '…'],
  ['churn', 0, ''],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['é'.repeat(3), 2, 'é…'],
  ['z\u0335\u0336z', 2, 'z\u0335\u0336z'],
  ['🔥🔥🔥', 4, '🔥…'],
])('truncate(%j, %i) is %j', (text, columns, shown) => expect(truncate(text, columns)).toBe(shown))

it('cuts any text to its columns, and no earlier than needed', () => {
  fc.assert(
    fc.property(hostileText(), fc.nat(40), (text, columns) => {
      const safe = sanitize(text)
      const width = displayWidth(truncate(safe, columns))
      expect(width).toBeLessThanOrEqual(columns)
      if (displayWidth(safe) >= columns) expect(width).toBeGreaterThanOrEqual(columns - 1)
    }),
  )
})

it('pads to columns, not to characters', () => {
  expect(padEnd('日本', 6)).toBe('日本  ')
  expect(padStart('é', 3)).toBe('  é')
  expect(padEnd('longer', 2)).toBe('longer')
})
