import { expect, test } from 'vitest'
import { renderToString } from 'ink'
import type { ColorLevel } from '../../../src/text/color-level.ts'
import { StyledText } from '../../../src/ui/components/text/styled-text.tsx'
import { createTheme, type Theme } from '../../../src/ui/components/theme.ts'
import { span, type Tone } from '../../../src/ui/model/view/line.ts'

const grounds = { white: 0xffffff, black: 0x000000, 'Solarized light': 0xfdf6e3, 'Solarized dark': 0x002b36 }

/** Relative luminance as WCAG has it. */
function luminance(color: number): number {
  const [red, green, blue] = [color >> 16, (color >> 8) & 255, color & 255].map((byte) => {
    const part = byte / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const cubeLevel = (step: number) => (step === 0 ? 0 : 55 + step * 40)

/** One of the cube of 256 colours. */
function cubeColor(index: number): number {
  const place = index - 16
  const [red, green, blue] = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6] as const
  return (cubeLevel(red) << 16) | (cubeLevel(green) << 8) | cubeLevel(blue)
}

const colored: readonly Tone[] = ['critical', 'warning', 'good', 'accent']

/** One text of each tone, as a theme has it drawn. */
function drawn(level: ColorLevel, tones: readonly Tone[], set: keyof Theme = 'usual'): string {
  const theme = createTheme(level)
  return renderToString(<StyledText line={tones.map((tone) => span('x', tone))} tones={theme[set]} />)
}

test.each([2, 3] as const)('at level %i every colour reads on light and on dark', (level) => {
  for (const tone of colored) {
    const [, index] = /38;5;(\d+)m/.exec(drawn(level, [tone])) ?? []
    const own = luminance(cubeColor(Number(index)))
    for (const [name, ground] of Object.entries(grounds)) {
      const other = luminance(ground)
      const contrast = (Math.max(own, other) + 0.05) / (Math.min(own, other) + 0.05)
      expect(contrast, `${tone} on ${name}`).toBeGreaterThan(3)
    }
  }
})

test("of sixteen colours, the terminal's own are used", () => {
  expect(colored.map((tone) => drawn(1, [tone]))).toEqual([
    // oxlint-disable-next-line no-control-regex
    expect.stringMatching(/^(?:\x1b\[1m\x1b\[31m|\x1b\[31m\x1b\[1m)x/),
    '\x1b[33mx\x1b[39m',
    '\x1b[32mx\x1b[39m',
    '\x1b[94mx\x1b[39m',
  ])
})

test('without colour there is none', () => {
  for (const tone of colored)
    // oxlint-disable-next-line no-control-regex
    expect(drawn(0, [tone])).not.toMatch(/\x1b\[[349]/)
})

test.each([
  ['usual', 'selected'],
  ['faded', 'fadedSelected'],
] as const)('nothing in the selected row is dim, as it is in another one (%s)', (usual, selected) => {
  expect(drawn(2, ['plain', 'faint', 'info'], usual)).toContain('\x1b[2m')
  expect(drawn(2, ['plain', 'faint', 'info'], selected)).not.toContain('\x1b[2m')
})
