import type { Glyphs } from '../../text/glyphs.ts'
import { type Key, keyName, keys } from '../input/keys.ts'
import { displayWidth, padEnd, truncate } from '../../text/width.ts'
import { spansWidth } from './cells.ts'
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

/** So wide that no words are cut where two columns stand side by side. */
const twoColumns = 116

/** The help screen's lines at that width: groups with their keys, in two columns when they fit. */
export function helpLines(search: string, width: number, ascii: boolean, glyphs: Glyphs): readonly Line[] {
  const isWide = width >= twoColumns
  const groups = groupsOf(findKeys(search), isWide ? width >> 1 : width, ascii, glyphs)
  if (groups.length === 0) return [{ spans: [span(' no key does that', 'faint')] }]
  const all = joined(groups)
  if (!isWide) return all
  let left: readonly Line[] = []
  let count = 0
  while (count < groups.length && left.length < all.length / 2) left = joined(groups.slice(0, ++count))
  const right = joined(groups.slice(count))
  return Array.from({ length: Math.max(left.length, right.length) }, (_, y) => {
    const spans = left[y]?.spans ?? []
    return {
      spans: [...spans, span(' '.repeat((width >> 1) - spansWidth(spans))), ...(right[y]?.spans ?? [])],
    }
  })
}

function groupsOf(found: readonly Key[], width: number, ascii: boolean, glyphs: Glyphs): readonly Line[][] {
  const groups = new Map<string, Line[]>()
  for (const key of found) {
    const lines = groups.get(key.group) ?? [{ spans: [span(` ${key.group}`, 'accent')] }]
    groups.set(key.group, lines)
    const names = padEnd(keyNames(key, ascii), 9)
    const words = key.words.replaceAll('×', glyphs.times)
    const room = Math.max(8, width - displayWidth(names) - 3)
    lines.push({ spans: [span(`  ${names}`, 'strong'), span(truncate(words, room, glyphs.ellipsis))] })
  }
  return [...groups.values()]
}

const joined = (groups: readonly Line[][]): readonly Line[] =>
  groups.flatMap((lines, index) => (index > 0 ? [{ spans: [] }, ...lines] : lines))
