import stringWidth from 'string-width'

/** Columns that a sanitised text takes in a terminal. */
export function displayWidth(text: string): number {
  if (printableAscii.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

/**
 * Columns of one code point: 0, 1 or 2. A cell of a terminal is one code point and the zero-width ones behind it, which
 * every terminal agrees on for text that passed the sanitiser; half a flag counts 1, so that a flag is 2.
 */
export function characterWidth(character: string): number {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x7f) return code < 0x20 ? 0 : 1
  let width = widths.get(code)
  if (width === undefined) {
    width = code >= 0x1f1e6 && code <= 0x1f1ff ? 1 : Math.min(2, stringWidth(character))
    widths.set(code, width)
  }
  return width
}

/** The text, or as much of its start as fits with the ellipsis behind it. Costs no more than what is shown. */
export function truncate(text: string, columns: number, ellipsis = '…'): string {
  if (text.length <= columns && printableAscii.test(text)) return text
  const room = columns - displayWidth(ellipsis)
  let width = 0
  let index = 0
  let cut = 0
  for (const character of text) {
    width += characterWidth(character)
    if (width > columns) return room < 0 ? '' : text.slice(0, cut) + ellipsis
    index += character.length
    if (width <= room) cut = index
  }
  return text
}

/** The text with spaces behind it up to that many columns; a longer text stays as it is. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** The text with spaces before it up to that many columns; a longer text stays as it is. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - displayWidth(text))) + text
}

const printableAscii = /^[\x20-\x7e]*$/
/** Bounded by the code points that there are. */
const widths = new Map<number, number>()
