import type { Key as InkKey } from 'ink'

const named: Readonly<Partial<Record<keyof InkKey, string>>> = {
  upArrow: 'up',
  downArrow: 'down',
  leftArrow: 'left',
  rightArrow: 'right',
  pageDown: 'pageDown',
  pageUp: 'pageUp',
  home: 'home',
  end: 'end',
  return: 'return',
  escape: 'escape',
  tab: 'tab',
  backspace: 'backspace',
  delete: 'delete',
}

/** More characters at once than anybody types: text from a terminal that marks no pastes. */
const maxTyped = 64

/**
 * One report of Ink's input as the keys of the table, in order: `jjj` is three. Undefined when it
 * is rather a paste than typing.
 */
export function chordsOf(input: string, key: InkKey): readonly string[] | undefined {
  if (key.eventType === 'release') return []
  const name = Object.keys(named).find((one) => key[one as keyof InkKey]) as keyof typeof named | undefined
  if (name !== undefined) return isAfterEscape(name, key) ? ['escape', named[name]!] : [named[name]!]
  if (key.ctrl) return input === '' ? [] : [`^${input.toLowerCase()}`]
  if (input === '') return []
  const characters = Array.from(input)
  if (characters.length > maxTyped && new Set(characters).size > 1) return undefined
  // Esc and a key typed fast arrive as one; no key of ours is held down with Alt.
  return key.meta ? ['escape', ...characters.map(chordOf)] : characters.map(chordOf)
}

/** Terminals that tell Alt with such a key say more about it. In a line that is being typed, Alt with backspace is common. */
const isAfterEscape = (name: string, { meta, eventType }: InkKey): boolean =>
  meta && eventType === undefined && name !== 'backspace' && name !== 'delete'

function chordOf(character: string): string {
  const code = character.charCodeAt(0)
  if (character === ' ') return 'space'
  if (character === '\r' || character === '\n') return 'return'
  if (character === '\t') return 'tab'
  if (character === '\u001b') return 'escape'
  if (code < 0x20) return `^${String.fromCharCode(code + 0x60)}`
  return character
}
