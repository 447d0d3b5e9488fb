import { type Action, actionFor } from '../../input/keys.ts'
import type { Rows } from '../list/row-index.ts'
import type { AlertRow } from '../list/row.ts'
import { goLive } from '../list/viewport.ts'
import { type Mode, type RowAction, rowActions, type ViewState } from '../state.ts'

type PinMode = Extract<Mode, { kind: 'pin' }>

export const isRowAction = (action: Action): action is RowAction =>
  (rowActions as readonly Action[]).includes(action)

/** Whether somebody chose the selected row. Nobody did while the list moves under the hand: but paused it stands still. */
export const isChosen = ({ follow, frozen, displaced }: ViewState): boolean =>
  (!follow || frozen) && !displaced

/** Holds on to the row that a key was pressed for, and to its alerts: the list takes in others from now on. */
export function pin(state: ViewState, action: RowAction, row: AlertRow): ViewState {
  const held: AlertRow = { ...row, alerts: [...row.alerts] }
  return {
    ...state,
    follow: false,
    toast: undefined,
    mode: { kind: 'pin', action, row: held, live: state.follow },
  }
}

export const withoutPin = (state: ViewState): ViewState =>
  state.mode.kind === 'pin' ? { ...state, mode: { kind: 'list' } } : state

/** What a key means for a pinned row: the same key `acts`, esc lets go, another one does what it always does. */
export function pinKey(
  state: ViewState,
  mode: PinMode,
  chord: string,
  rows: Rows,
): { readonly acts?: RowAction; readonly passes?: true; readonly state: ViewState } {
  const action = actionFor(chord, 'browse')
  const released = withoutPin(state)
  if (action === undefined) return { state }
  if (action === mode.action) return { state: { ...released, displaced: false }, acts: action }
  if (action === 'back') return { state: mode.live ? goLive(released, rows) : released }
  return { state: released, passes: true }
}
