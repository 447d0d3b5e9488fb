import type { MouseEvent } from '../../input/mouse-events.ts'
import type { Rows } from '../list/row-index.ts'
import type { ViewState } from '../state.ts'
import { withoutPin } from './pin.ts'
import { detailWidth, isWide, leaveLive, selectRank, settle, viewportOf } from '../list/viewport.ts'

/** Lines above the first row: header, totals, heads. */
const aboveRows = 3

/** A click selects the row that it is on; the wheel moves what the keys of a page move. */
export function mouse(before: ViewState, { kind, column, row, lines }: MouseEvent, rows: Rows): ViewState {
  const state = withoutPin(before)
  const { mode } = state
  if (kind === 'wheel' && (mode.kind === 'help' || (mode.kind === 'detail' && !isWide(state))))
    return { ...state, mode: { ...mode, scroll: Math.max(0, mode.scroll + lines) } }
  const hasList = mode.kind === 'list' || (mode.kind === 'detail' && isWide(state))
  if (!hasList || column >= state.columns - detailWidth(state)) return state
  if (kind === 'wheel') return selectRank(state, rows, state.selectedRank + lines, lines > 0 ? 1 : -1)
  const { top, height } = viewportOf(state)
  const line = row - aboveRows
  const clicked = line >= 0 && line < height ? rows.at(top + line) : undefined
  if (clicked?.kind !== 'alert') return state
  return settle({ ...leaveLive(state), displaced: false, selected: clicked.key, offset: line }, rows)
}
