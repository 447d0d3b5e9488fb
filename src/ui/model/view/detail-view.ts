import type { Glyphs } from '../../../text/glyphs.ts'
import { keyName } from '../key-name.ts'
import type { AlertItem } from '../list/row.ts'
import { isWide } from '../list/viewport.ts'
import type { ViewState } from '../state.ts'
import { detailLines } from './detail-lines.ts'
import type { StyledLine } from './line.ts'
import { scrolled } from './scrolled.ts'

/** The visible part of everything that is known of one alert. */
export interface DetailView {
  readonly width: number
  readonly margin: number
  readonly lines: readonly StyledLine[]
  /** Lines below, and the key that shows them. */
  readonly more: number
  readonly moreKey: string
}

export function detailView(
  row: AlertItem,
  state: ViewState,
  { glyphs, ascii }: { readonly glyphs: Glyphs; readonly ascii: boolean },
  { width, height }: { readonly width: number; readonly height: number },
): { readonly detail: DetailView; readonly scroll: number } {
  const { mode } = state
  const isOpen = mode.kind === 'detail'
  const margin = isWide(state) ? 2 : 1
  const all = detailLines(row, state, width - margin - 1, glyphs)
  const { lines, more, scroll } = scrolled(all, isOpen ? mode.scroll : 0, height)
  const moreKey = keyName(isOpen ? 'pageDown' : 'return', ascii)
  return { detail: { width, margin, lines, more, moreKey }, scroll }
}
