import { Chalk, type ChalkInstance } from 'chalk'
import type { ColorLevel } from './color-level.ts'
import type { Line, Tone } from './model/line.ts'

/** Turns a line's tones into the terminal's own sixteen colours, which suit light and dark alike. */
export type Theme = (line: Line) => string

const same = (text: string) => text

/**
 * Bold, dim and inverse are no colours: they stay at level 0, and nothing is told by colour alone.
 */
export function createTheme(level: ColorLevel): Theme {
  const style = new Chalk({ level: 1 })
  const color = (chosen: ChalkInstance): ((text: string) => string) => (level > 0 ? chosen : same)
  const tones: Readonly<Record<Tone, (text: string) => string>> = {
    plain: same,
    strong: style.bold,
    faint: style.dim,
    critical: level > 0 ? style.bold.red : style.bold,
    warning: color(style.yellow),
    info: style.dim,
    good: color(style.green),
    accent: color(style.blueBright),
    cursor: style.inverse,
  }
  const selectedTones = { ...tones, plain: style.bold }
  const settledTones = { ...tones, plain: style.dim, strong: style.dim }
  return ({ spans, mood, selected }) => {
    if (mood === 'faded') return style.dim(spans.map(({ text }) => text).join(''))
    const paint = selected ? selectedTones : mood === 'settled' ? settledTones : tones
    return spans
      .map(({ text, tone }) => (text.trim() === '' && tone !== 'cursor' ? text : paint[tone](text)))
      .join('')
  }
}
