/** A line of text being typed; `cursor` counts UTF-16 units from 0. Immutable. */
export interface LineEditor {
  readonly text: string
  readonly cursor: number
}

export const emptyEditor: LineEditor = { text: '', cursor: 0 }

export const editorWith = (text: string): LineEditor => ({ text, cursor: text.length })

const maxCharacters = 1000

/** Puts text in at the cursor; line ends become spaces, other controls are left out. */
export function insertText({ text, cursor }: LineEditor, typed: string): LineEditor {
  // oxlint-disable-next-line no-control-regex
  const clean = typed.replace(/[\r\n\t]+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '')
  const room = clean.slice(0, Math.max(0, maxCharacters - text.length))
  return { text: text.slice(0, cursor) + room + text.slice(cursor), cursor: cursor + room.length }
}

/** What a key does to the line, as a shell's line editor does it; undefined when it does nothing. */
export function editKey(editor: LineEditor, chord: string): LineEditor | undefined {
  const { text, cursor } = editor
  const before = text.slice(0, cursor)
  const after = text.slice(cursor)
  switch (chord) {
    case 'left':
      return { text, cursor: stepBack(text, cursor) }
    case 'right':
      return { text, cursor: stepForward(text, cursor) }
    case 'home':
    case '^a':
      return { text, cursor: 0 }
    case 'end':
    case '^e':
      return { text, cursor: text.length }
    case 'backspace': {
      const at = stepBack(text, cursor)
      return { text: text.slice(0, at) + after, cursor: at }
    }
    case 'delete':
      return { text: before + text.slice(stepForward(text, cursor)), cursor }
    case '^u':
      return { text: after, cursor: 0 }
    case '^k':
      return { text: before, cursor }
    case '^w': {
      const kept = before.replace(/\S*\s*$/, '')
      return { text: kept + after, cursor: kept.length }
    }
    default:
      return chord === 'space' || /^.$/su.test(chord)
        ? insertText(editor, chord === 'space' ? ' ' : chord)
        : undefined
  }
}

const isLow = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff

function stepBack(text: string, cursor: number): number {
  const at = Math.max(0, cursor - 1)
  return at > 0 && isLow(text.charCodeAt(at)) ? at - 1 : at
}

function stepForward(text: string, cursor: number): number {
  const at = Math.min(text.length, cursor + 1)
  return at < text.length && isLow(text.charCodeAt(at)) ? at + 1 : at
}
