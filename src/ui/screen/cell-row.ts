import { characterWidth } from '../../text/width.ts'
import { plain, type Style, withLink, withParameters } from './style.ts'

/** One column of the screen, or the left half of a wide character. Cells are interned: equal cells are identical. */
export interface Cell {
  readonly text: string
  readonly width: 0 | 1 | 2
  readonly style: Style
  /** Terminals disagree about its width, so the cursor is placed anew after it. */
  readonly isDisputed: boolean
}

export type CellRow = readonly Cell[]

/** The right half of a wide character. */
export const tail: Cell = { text: '', width: 0, style: plain, isDisputed: false }
export const blank: Cell = { text: ' ', width: 1, style: plain, isDisputed: false }

// Nothing but SGR and OSC 8 means anything in a line; every other control character is left out.
// oxlint-disable-next-line no-control-regex
const sequence = /\x1b(?:\[([\d;]*)m|\]8;[^;]*;([^\x07\x1b]*)(?:\x07|\x1b\\))|[\x00-\x1f\x7f-\x9f]/y
const mark = /^\p{M}$/u
const emoji = /^\p{Emoji_Presentation}$/u
const isIndicator = (code: number): boolean => code >= 0x1f1e6 && code <= 0x1f1ff

/** A line of text with SGR sequences as exactly that many cells: cut at the right edge, filled up with blanks. */
export function parseRow(line: string, columns: number): CellRow {
  const cells: Cell[] = []
  let style = plain
  let index = 0
  while (index < line.length && cells.length <= columns) {
    const code = line.codePointAt(index)!
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
      sequence.lastIndex = index
      const [matched = '', parameters, target] = sequence.exec(line) ?? []
      if (parameters !== undefined) style = withParameters(style, parameters)
      else if (target !== undefined) style = withLink(style, target)
      index += matched.length || 1
      continue
    }
    let text = String.fromCodePoint(code)
    index += text.length
    let width = characterWidth(text)
    if (width === 0) {
      addMark(cells, text)
      continue
    }
    const next = isIndicator(code) ? (line.codePointAt(index) ?? 0) : 0
    if (isIndicator(next)) {
      text += String.fromCodePoint(next)
      index += 2
      width = 2
    }
    if (cells.length + width > columns) break
    cells.push(intern(text, width as 1 | 2, style))
    if (width === 2) cells.push(tail)
  }
  while (cells.length < columns) cells.push(blank)
  return cells
}

function addMark(cells: Cell[], character: string): void {
  let at = cells.length - 1
  if (cells[at] === tail) at--
  const base = cells[at]
  if (base === undefined || !mark.test(character)) return
  cells[at] = intern(base.text + character, base.width as 1 | 2, base.style)
}

const interned = new Map<Style, Map<string, Cell>>()
let count = 0

function intern(text: string, width: 1 | 2, style: Style): Cell {
  if (text === ' ' && !style.marksBlanks) return blank
  let cells = interned.get(style)
  if (cells === undefined) interned.set(style, (cells = new Map()))
  let cell = cells.get(text)
  if (cell === undefined) {
    const code = text.codePointAt(0)!
    const isDisputed = (code >= 0x1f000 && code < 0x20000) || (code > 0x2300 && emoji.test(text))
    cell = { text, width, style, isDisputed }
    cells.set(text, cell)
    count++
  }
  return cell
}

/** Forgets the known cells once they are many; rows parsed before must then not be compared with later ones. */
export function forgetCells(limit = 50_000): boolean {
  if (count < limit) return false
  interned.clear()
  count = 0
  return true
}
