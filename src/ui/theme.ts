import { Chalk, type ChalkInstance } from 'chalk'
import type { ColorLevel } from './color-level.ts'
import { type Line, textOf, type Tone } from './model/line.ts'

/** Turns a line's tones into styles that read on a light ground and on a dark one. */
export type Theme = (line: Line) => string

const same = (text: string) => text

/**
 * Bold, dim and inverse are no colours: they stay at level 0, and nothing is told by colour alone. From
 * 256 colours on these are fixed ones of middling brightness. Of the sixteen, whose yellow and green can't be
 * read on white in many a palette, only red and the bright blue are used.
 */
export function createTheme(level: ColorLevel): Theme {
  const style = new Chalk({ level: level >= 2 ? 2 : 1 })
  const color = (index: number, otherwise: ChalkInstance | typeof same) =>
    level >= 2 ? style.ansi256(index) : otherwise
  const red = level >= 2 ? style.bold.ansi256(196) : style.bold.red
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    plain: same,
    strong: style.bold,
    faint: style.dim,
    critical: level > 0 ? red : style.bold,
    warning: color(166, level > 0 ? style.bold : same),
    info: style.dim,
    good: color(28, same),
    accent: color(33, level > 0 ? style.blueBright : same),
    cursor: style.inverse,
  }
  // What is chosen is to be read: nothing in it is dim.
  const selectedTones = { ...tones, plain: style.bold, faint: same, info: same }
  const settledTones = { ...tones, plain: style.dim, strong: style.dim }
  return ({ spans, mood, selected }) => {
    if (mood === 'faded') {
      const text = textOf({ spans })
      return selected ? text : style.dim(text)
    }
    const paint = selected ? selectedTones : mood === 'settled' ? settledTones : tones
    return spans
      .map(({ text, tone }) => (text.trim() === '' && tone !== 'cursor' ? text : paint[tone](text)))
      .join('')
  }
}
