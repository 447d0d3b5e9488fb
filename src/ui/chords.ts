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

/** More characters at once than hands can type: text from a terminal that marks no pastes. */
const mostTyped = 64

/**
 * One report of Ink's input as the keys of the table, in order: `jjj` is three. Undefined when it
 * is rather a paste than typing.
 */
export function chordsOf(input: string, key: InkKey): readonly string[] | undefined {
  if (key.eventType === 'release') return []
  for (const [name, chord] of Object.entries(named)) if (key[name as keyof InkKey]) return [chord]
  if (key.ctrl) return input === '' ? [] : [`^${input.toLowerCase()}`]
  if (input === '') return []
  const characters = Array.from(input)
  if (characters.length > mostTyped && new Set(characters).size > 1) return undefined
  // Esc and a key typed fast arrive as one; no key of ours is held down with Alt.
  return key.meta ? ['escape', ...characters.map(chordOf)] : characters.map(chordOf)
}

function chordOf(character: string): string {
  const code = character.charCodeAt(0)
  if (character === ' ') return 'space'
  if (character === '\r' || character === '\n') return 'return'
  if (character === '\t') return 'tab'
  if (character === '\u001b') return 'escape'
  if (code < 0x20) return `^${String.fromCharCode(code + 0x60)}`
  return character
}
