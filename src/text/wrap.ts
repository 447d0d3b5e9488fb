import { characterWidth, displayWidth } from './width.ts'

/** Breaks a sanitised line at spaces into lines of at most that many columns; long words are cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  let width = 0
  const flush = () => {
    lines.push(line.trimEnd())
    line = ''
    width = 0
  }
  for (const word of text.match(/\S+\s*|\s+/g) ?? []) {
    const own = displayWidth(word.trimEnd())
    if (width > 0 && width + own > columns) flush()
    if (own <= columns) {
      line += word
      width += displayWidth(word)
      continue
    }
    for (const character of word) {
      const one = characterWidth(character)
      if (width + one > columns) flush()
      line += character
      width += one
    }
  }
  if (line.trim() !== '' || lines.length === 0) flush()
  return lines
}
