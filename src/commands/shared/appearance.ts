import type { Io } from '../../program/io.ts'
import { type ColorLevel, colorLevel } from '../../text/color-level.ts'
import { type Glyphs, glyphsFor } from '../../text/glyphs.ts'

/** How output for people looks. JSON never depends on it. */
export interface Appearance {
  readonly ascii: boolean
  readonly glyphs: Glyphs
  readonly colors: ColorLevel
}

export interface LookOptions {
  readonly ascii?: boolean | undefined
  /** `auto`, `always` or `never`. */
  readonly color?: string | undefined
}

/** ASCII where it is asked for, or where the locale isn't UTF-8. */
export function appearance(io: Io, { ascii = false, color = 'auto' }: LookOptions): Appearance {
  const { LC_ALL, LC_CTYPE, LANG } = io.env
  const plain = ascii || !/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
  return {
    ascii: plain,
    glyphs: glyphsFor(plain),
    colors: colorLevel({ env: io.env, isTTY: io.stdout.isTTY ?? false, color: checkedColor(color) }),
  }
}

const checkedColor = (color: string) => (color === 'always' || color === 'never' ? color : 'auto')
