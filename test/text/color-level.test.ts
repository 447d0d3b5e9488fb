import { expect, it } from 'vitest'
import { colorLevel } from '../../src/text/color-level.ts'

const xterm = { TERM: 'xterm-256color' }

it.each([
  ['a terminal', {}, true, 'auto', 2],
  ['a pipe', {}, false, 'auto', 0],
  ['a plain terminal', { TERM: 'xterm' }, true, 'auto', 1],
  ['a true-colour terminal', { COLORTERM: 'truecolor' }, true, 'auto', 3],
  ['TERM=dumb', { TERM: 'dumb' }, true, 'auto', 0],
  ['NO_COLOR', { NO_COLOR: '1' }, true, 'auto', 0],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, 'auto', 2],
  ['FORCE_COLOR over NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, 'auto', 1],
  ['FORCE_COLOR into a pipe', { FORCE_COLOR: '3' }, false, 'auto', 3],
  ['FORCE_COLOR=true', { FORCE_COLOR: 'true' }, false, 'auto', 2],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, 'auto', 0],
  ['--color=always over NO_COLOR', { NO_COLOR: '1' }, false, 'always', 2],
  ['--color=never over FORCE_COLOR', { FORCE_COLOR: '3' }, true, 'never', 0],
] as const)('%s', (_name, env, isTTY, color, level) =>
  expect(colorLevel({ env: { ...xterm, ...env }, isTTY, color })).toBe(level),
)
