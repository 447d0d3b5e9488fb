import type { Glyphs } from '../glyphs.ts'
import { type Key, keyName, keys } from '../keys.ts'
import { displayWidth, padEnd, truncate } from '../text-width.ts'
import { type Line, span } from './line.ts'

const keyNames = (key: Key, ascii: boolean): string =>
  key.keys.map((chord) => keyName(chord, ascii)).join(' ')

/** Keys whose names, words or group have every word of the search in them. */
function findKeys(search: string): readonly Key[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  return keys.filter((key) => {
    const text = `${key.group} ${keyNames(key, true)} ${key.keys.join(' ')} ${key.words}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}

/** The help screen's lines at that width: groups with their keys, in two columns when they fit. */
export function helpLines(search: string, width: number, ascii: boolean, glyphs: Glyphs): Line[] {
  const entries: Line[] = []
  let group = ''
  for (const key of findKeys(search)) {
    if (key.group !== group) {
      if (group !== '') entries.push({ spans: [] })
      group = key.group
      entries.push({ spans: [span(` ${group}`, 'accent')] })
    }
    const names = padEnd(keyNames(key, ascii), 9)
    const room = Math.max(8, width - displayWidth(names) - 3)
    entries.push({ spans: [span(`  ${names}`, 'strong'), span(truncate(key.words, room, glyphs.ellipsis))] })
  }
  return entries.length > 0 ? entries : [{ spans: [span(' no key does that', 'faint')] }]
}
