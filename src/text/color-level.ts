/** 0 no colour, 1 the sixteen of the terminal's theme, 2 256 colours, 3 true colour. */
export type ColorLevel = 0 | 1 | 2 | 3

interface ColorOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTTY: boolean
  /** The `--color` flag; `auto` by default. */
  readonly color?: 'auto' | 'always' | 'never'
}

/**
 * How much colour an output gets. `--color` wins over `FORCE_COLOR`, which wins over a non-empty `NO_COLOR`, which wins
 * over what the terminal can do. Set chalk's level from it before Ink draws: chalk knows nothing of `NO_COLOR`.
 */
export function colorLevel({ env, isTTY, color = 'auto' }: ColorOptions): ColorLevel {
  if (color === 'never') return 0
  const able = capability(env)
  const some = able === 0 ? 1 : able
  const forced = forcedLevel(env['FORCE_COLOR'], some)
  if (color === 'always') return forced === undefined || forced === 0 ? some : forced
  if (forced !== undefined) return forced
  return env['NO_COLOR'] || !isTTY ? 0 : able
}

/** `0` and `false` force none, `1` to `3` a level, anything else some colour. */
function forcedLevel(value: string | undefined, some: ColorLevel): ColorLevel | undefined {
  if (value === undefined) return undefined
  if (value === 'false' || value === '0') return 0
  if (value === '1' || value === '2' || value === '3') return Number(value) as ColorLevel
  return some
}

function capability(env: ColorOptions['env']): ColorLevel {
  const term = env['TERM'] ?? ''
  if (term === 'dumb') return 0
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) return 3
  if (/kitty|ghostty|wezterm|alacritty|direct$/.test(term)) return 3
  if (/256(color)?$/.test(term)) return 2
  return 1
}
