import type { Row } from './row.ts'
import type { Rows } from './row-index.ts'
import type { ViewState } from '../state.ts'
import { withToast } from '../step.ts'

/** Which rows are on the screen: `height` lines of them, the first of rank `top`. */
export interface Viewport {
  readonly top: number
  readonly height: number
  readonly selectedRank: number
}

/** The list has what header, totals, heads and foot leave, and a notice takes one line of it. */
export function listHeight(state: Pick<ViewState, 'rows' | 'follow' | 'frozen'>): number {
  return Math.max(1, state.rows - 4 - (hasNotice(state) ? 1 : 0))
}

/** Whether a line says that the list stands still while the feed goes on. */
export const hasNotice = ({ follow, frozen }: Pick<ViewState, 'follow' | 'frozen'>): boolean =>
  frozen || !follow

/** From here on the detail stands beside the list instead of over it. */
export const isWide = ({ columns }: Pick<ViewState, 'columns'>): boolean => columns >= 120

/** How many of the columns the detail beside the list has. */
export const detailWidth = (state: ViewState): number =>
  isWide(state) && state.beside && state.selected !== undefined
    ? Math.min(64, Math.floor(state.columns * 0.36)) + 1
    : 0

/**
 * Live, the list has the whole width, because a detail of whatever came last could not be read. Leaving it, by a move or
 * by opening an alert, brings the detail of what is selected, until it is closed or live again.
 */
export const leaveLive = (state: ViewState): ViewState =>
  state.follow ? { ...state, follow: false, beside: true } : state

/** Follows the newest alert. */
export const goLive = (state: ViewState, rows: Rows): ViewState =>
  settle(
    {
      ...state,
      mode: { kind: 'list' },
      follow: true,
      displaced: false,
      beside: false,
      frozen: false,
      newAbove: 0,
      waiting: 0,
      offset: 0,
    },
    rows,
  )

/**
 * Makes the selection valid again after rows came, went or moved: it stays on its row, on its line
 * of the screen; following, it is the first row.
 */
export function settle(state: ViewState, rows: Rows): ViewState {
  if (rows.size === 0)
    return state.selected === undefined
      ? state
      : { ...withoutDetail(state), selected: undefined, selectedRank: 0, offset: 0 }
  // The first alert, but not the first line: a cut of the link may stand above it.
  if (state.follow) return withSelection(state, nearestAlert(rows, 0), rows, Number.POSITIVE_INFINITY)
  const row = state.selected === undefined ? undefined : rows.get(state.selected)
  if (row) return withSelection(state, row, rows, state.offset)
  const nearest = nearestAlert(rows, Math.min(state.selectedRank, rows.size - 1))
  const displaced = state.displaced || state.selected !== state.changedRow
  return withSelection({ ...withoutDetail(state), displaced }, nearest, rows, state.offset)
}

/** Nobody should read, and act on, another alert than the one that was opened without having seen the list. */
function withoutDetail(state: ViewState): ViewState {
  const { mode, toast, now } = state
  if (mode.kind !== 'detail' || isWide(state)) return state
  const list: ViewState = { ...state, mode: { kind: 'list' } }
  return toast && toast.until > now ? list : withToast(list, 'that alert is no longer in this view')
}

function withSelection(state: ViewState, row: Row | undefined, rows: Rows, wanted: number): ViewState {
  if (!row) return { ...state, selected: undefined, selectedRank: 0, offset: 0 }
  const rank = rows.rankOf(row)
  const top = topFor(rank, wanted, rows.size, listHeight(state))
  const offset = rank - top
  if (row.key === state.selected && rank === state.selectedRank && offset === state.offset) return state
  const { mode } = state
  const isOther = row.key !== state.selected && mode.kind === 'detail'
  return {
    ...state,
    selected: row.key,
    selectedRank: rank,
    offset,
    mode: isOther ? { ...mode, scroll: 0 } : mode,
  }
}

/**
 * Keeps the list full: no empty lines below the last row while there are rows above the first. The
 * last row brings into view the line below it, which says whether there is more.
 */
function topFor(rank: number, offset: number, size: number, height: number): number {
  const last = Math.max(0, size + 1 - height)
  if (rank === size - 1) return Math.min(rank, last)
  const top = Math.min(Math.max(0, rank - Math.min(offset, height - 1)), last)
  return Math.min(rank, Math.max(top, rank - height + 1))
}

export function viewportOf(state: ViewState): Viewport {
  return {
    top: state.selectedRank - state.offset,
    height: listHeight(state),
    selectedRank: state.selectedRank,
  }
}

/** Gap rows are not to be selected: the nearest alert below, else above. */
function nearestAlert(rows: Rows, rank: number): Row | undefined {
  return alertFrom(rows, rank, 1) ?? alertFrom(rows, rank, -1)
}

/** The first alert at this rank or beyond, in the direction of `step`. */
function alertFrom(rows: Rows, rank: number, step: 1 | -1): Row | undefined {
  for (let at = rank; at >= 0 && at < rows.size; at += step) {
    const row = rows.at(at)
    if (row?.kind === 'alert') return row
  }
  return undefined
}

/** Selects the alert at this rank (or the nearest), scrolling no more than needed. */
export function selectRank(state: ViewState, rows: Rows, rank: number, step: 1 | -1): ViewState {
  const bounded = Math.max(0, Math.min(rank, rows.size - 1))
  const row = alertFrom(rows, bounded, step) ?? alertFrom(rows, bounded, step === 1 ? -1 : 1)
  if (!row) return state
  const { top, height } = viewportOf(state)
  const target = rows.rankOf(row)
  // What was asked for comes into view, even where it is no alert.
  const first = Math.min(Math.max(top, bounded - height + 1), bounded)
  const offset = Math.max(0, Math.min(target - first, height - 1))
  return withSelection({ ...leaveLive(state), displaced: false }, row, rows, offset)
}
