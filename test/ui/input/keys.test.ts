import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keysDoc } from '../../../scripts/keys-doc.ts'
import { browseKey, filterKey, keys, programKey } from '../../../src/ui/input/keys.ts'

test('a key stands once in a context, and what works everywhere is nowhere else', () => {
  const seen = new Set<string>()
  for (const key of keys)
    for (const chord of key.keys) {
      expect(seen).not.toContain(`${key.context} ${chord}`)
      expect(seen).not.toContain(`any ${chord}`)
      seen.add(`${key.context} ${chord}`)
    }
})

test.each([
  ['j', 'down'],
  ['down', 'down'],
  ['k', 'up'],
  ['^d', 'halfDown'],
  ['^u', 'halfUp'],
  ['G', 'live'],
  ['return', 'open'],
  ['escape', 'back'],
  ['space', 'freeze'],
  ['/', 'filter'],
  ['n', 'nextMatch'],
  ['N', 'previousMatch'],
  ['e', 'nextCritical'],
  ['E', 'previousCritical'],
  ['w', 'nextWarning'],
  ['W', 'previousWarning'],
  ['[', 'shorterRange'],
  [']', 'longerRange'],
  ['s', 'sort'],
  ['x', 'fold'],
  ['a', 'acknowledge'],
  ['R', 'resolve'],
  ['u', 'undo'],
  ['r', 'reconnect'],
  ['y', 'copy'],
  ['Y', 'copyAs'],
  ['o', 'openLink'],
  ['^s', 'save'],
  ['t', 'age'],
  ['z', 'zone'],
  ['!', 'command'],
  ['?', 'help'],
  ['m', 'mouse'],
  ['b', 'bell'],
  ['q', 'quit'],
  ['^c', 'interrupt'],
  ['^z', 'suspend'],
  ['^l', 'redraw'],
])('%s is %s', (chord, action) => {
  expect((programKey(chord) ?? browseKey(chord))?.action).toBe(action)
})

test('while a filter is typed letters are text, but ^C still quits', () => {
  expect(filterKey('q') ?? programKey('q')).toBeUndefined()
  expect(programKey('^c')?.action).toBe('interrupt')
})

test('docs/keys.md is what the table says', () => {
  const written = readFileSync(new URL('../../../docs/keys.md', import.meta.url), 'utf8')
  expect(written, 'run: npx tsx scripts/keys-doc.ts').toBe(keysDoc())
})
