import { counted } from '../../../text/format.ts'
import type { Glyphs } from '../../../text/glyphs.ts'
import { type Line, span } from '../line.ts'

/** As many lines as fit, and from which one on: the last of them says how many there are below, and which key shows them. */
export function scrolled(
  all: readonly Line[],
  {
    scroll,
    height,
    key,
    glyphs,
    margin = '',
  }: { scroll: number; height: number; key: string; glyphs: Glyphs; margin?: string },
): { readonly lines: readonly Line[]; readonly scroll: number } {
  const first = Math.min(scroll, Math.max(0, all.length - height))
  const lines = all.slice(first, first + height)
  const below = all.length - first - lines.length
  if (below === 0) return { lines, scroll: first }
  const words = `${margin}${glyphs.ellipsis} ${counted(below + 1, 'line')} more ${glyphs.dot} ${key}`
  return { lines: [...lines.slice(0, -1), { spans: [span(words, 'faint')] }], scroll: first }
}
