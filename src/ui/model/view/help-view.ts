import { type Key, keys } from '../../input/keys.ts'
import { keyName } from '../key-name.ts'
import type { Mode } from '../state.ts'
import { scrolled } from './scrolled.ts'

export type HelpLine =
  | { readonly kind: 'group'; readonly text: string }
  | { readonly kind: 'key'; readonly names: string; readonly text: string }
  | { readonly kind: 'blank' }

/** Groups with their keys, in one column or two. */
export interface HelpView {
  readonly columns: readonly (readonly HelpLine[])[]
  /** Lines below, and the key that shows them. */
  readonly more: number
  readonly moreKey: string
}

/** So wide that no text is cut where two columns stand side by side. */
const minTwoColumns = 116

const keyNames = (key: Key, ascii: boolean): string =>
  key.keys.map((chord) => keyName(chord, ascii)).join(' ')

/** Keys whose names, text or group have every word of the search in them. */
function findKeys(search: string): readonly Key[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean)
  return keys.filter((key) => {
    const text = `${key.group} ${keyNames(key, true)} ${key.keys.join(' ')} ${key.words}`.toLowerCase()
    return wanted.every((word) => text.includes(word))
  })
}

export function helpView(
  { search, scroll }: Extract<Mode, { kind: 'help' }>,
  { columns, height, ascii }: { readonly columns: number; readonly height: number; readonly ascii: boolean },
): { readonly help: HelpView; readonly scroll: number } {
  const groups = groupsOf(findKeys(search.text), ascii)
  const split = columns >= minTwoColumns ? inTwo(groups) : [joined(groups)]
  const lines = Array.from({ length: Math.max(...split.map(({ length }) => length)) }, (_, index) => index)
  const part = scrolled(lines, scroll, height)
  const last = part.scroll + part.lines.length
  return {
    help: {
      columns: split.map((column) => column.slice(part.scroll, last)),
      more: part.more,
      moreKey: keyName('pageDown', ascii),
    },
    scroll: part.scroll,
  }
}

/** The first column has at least half of the lines. */
function inTwo(groups: readonly (readonly HelpLine[])[]): readonly (readonly HelpLine[])[] {
  const all = joined(groups).length
  let left: readonly HelpLine[] = []
  let count = 0
  while (count < groups.length && left.length < all / 2) left = joined(groups.slice(0, ++count))
  return [left, joined(groups.slice(count))]
}

function groupsOf(found: readonly Key[], ascii: boolean): readonly (readonly HelpLine[])[] {
  const groups = Map.groupBy(found, ({ group }) => group)
  return Array.from(groups, ([group, members]) => [
    { kind: 'group' as const, text: group },
    ...members.map((key) => ({ kind: 'key' as const, names: keyNames(key, ascii), text: key.words })),
  ])
}

const joined = (groups: readonly (readonly HelpLine[])[]): readonly HelpLine[] =>
  groups.flatMap((lines, index) => (index > 0 ? [{ kind: 'blank' as const }, ...lines] : lines))
