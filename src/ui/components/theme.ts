import { Chalk, type ChalkInstance } from 'chalk'
import type { ColorLevel } from '../../text/color-level.ts'
import type { Tone } from '../model/view/line.ts'

type Style = (text: string) => string

/** How each tone looks. */
export type Tones = Readonly<Record<Tone, Style>>

/** Styles that read on a light ground and on a dark one. */
export interface Theme {
  readonly usual: Tones
  /** What is chosen is to be read: nothing in it is dim. */
  readonly selected: Tones
  /** What needs nobody any more. */
  readonly settled: Tones
  /** What is too old to trust. */
  readonly faded: Tones
  /** The same, chosen. */
  readonly fadedSelected: Tones
}

const unstyled: Style = (text) => text

/**
 * Bold, dim and inverse are no colours: they stay at level 0, and nothing is told by colour alone. From
 * 256 colours on these are fixed ones of middling brightness, because the yellow and green of many a palette can't
 * be read on white; where there are only sixteen, they are the terminal's own.
 */
export function createTheme(level: ColorLevel): Theme {
  const chalk = new Chalk({ level: level >= 2 ? 2 : 1 })
  const color = (index: number, ofSixteen: ChalkInstance): Style =>
    level >= 2 ? chalk.ansi256(index) : level === 1 ? ofSixteen : unstyled
  const usual: Tones = {
    plain: unstyled,
    strong: chalk.bold,
    faint: chalk.dim,
    critical: level >= 2 ? chalk.bold.ansi256(196) : level === 1 ? chalk.bold.red : chalk.bold,
    warning: color(166, chalk.yellow),
    info: chalk.dim,
    good: color(28, chalk.green),
    accent: color(33, chalk.blueBright),
    cursor: chalk.inverse,
  }
  return {
    usual,
    selected: { ...usual, plain: chalk.bold, faint: unstyled, info: unstyled },
    settled: { ...usual, plain: chalk.dim, strong: chalk.dim },
    faded: allAs(chalk.dim),
    fadedSelected: allAs(unstyled),
  }
}

const allAs = (style: Style): Tones => ({
  plain: style,
  strong: style,
  faint: style,
  critical: style,
  warning: style,
  info: style,
  good: style,
  accent: style,
  cursor: style,
})
