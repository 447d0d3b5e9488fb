import { textOf } from './model/line.ts'
import type { View } from './model/view.ts'
import { displayWidth } from '../text/width.ts'
import type { Theme } from './theme.ts'

/** The view as the rows of the screen from the top, each a text with the theme's sequences in it. */
export function frameOf(view: View, theme: Theme): string[] {
  const { top, panes, foot, rows } = view
  const height = Math.max(0, rows - top.length - 1)
  return [...top.map(theme), ...Array.from({ length: height }, (_, y) => rowOf(panes, y, theme)), theme(foot)]
}

/** What stands side by side in a row. */
function rowOf(panes: View['panes'], y: number, theme: Theme): string {
  let row = ''
  let gap = 0
  for (const { width, lines } of panes) {
    const line = lines[y]
    if (line) row += ' '.repeat(gap) + theme(line)
    gap = (line ? 0 : gap) + width - (line ? displayWidth(textOf(line)) : 0)
  }
  return row
}
