import { Chalk, type ChalkInstance } from 'chalk'
import type { ColorLevel } from '../text/color-level.ts'
import { type Line, textOf, type Tone } from './model/line.ts'

/** Turns a line's tones into styles that read on a light ground and on a dark one. */
export type Theme = (line: Line) => string

const same = (text: string) => text

/**
 * Bold, dim and inverse are no colours: they stay at level 0, and nothing is told by colour alone. From
 * 256 colours on these are fixed ones of middling brightness, because the yellow and green of many a palette can't
 * be read on white; where there are only sixteen, they are the terminal's own.
 */
export function createTheme(level: ColorLevel): Theme {
  const style = new Chalk({ level: level >= 2 ? 2 : 1 })
  const color = (index: number, ofSixteen: ChalkInstance) =>
    level >= 2 ? style.ansi256(index) : level === 1 ? ofSixteen : same
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    plain: same,
    strong: style.bold,
    faint: style.dim,
    critical: level >= 2 ? style.bold.ansi256(196) : level === 1 ? style.bold.red : style.bold,
    warning: color(166, style.yellow),
    info: style.dim,
    good: color(28, style.green),
    accent: color(33, style.blueBright),
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
      .map(({ text, tone, link }) => {
        const painted = text.trim() === '' && tone !== 'cursor' ? text : paint[tone](text)
        return link === undefined ? painted : `\x1b]8;;${link}\x1b\\${painted}\x1b]8;;\x1b\\`
      })
      .join('')
  }
}
