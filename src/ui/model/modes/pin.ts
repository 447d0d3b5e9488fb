import type { AlertItem } from '../list/row.ts'
import type { RowAction, ViewState } from '../state.ts'

/** Whether somebody chose the selected row. Nobody did while the list moves under the hand: but paused it stands still. */
export const isChosen = ({ follow, frozen, displaced }: ViewState): boolean =>
  (!follow || frozen) && !displaced

/** Holds on to the row that a key was pressed for, and to its alerts: the list takes in others from now on. */
export function pin(state: ViewState, action: RowAction, row: AlertItem): ViewState {
  const held: AlertItem = { ...row, alerts: [...row.alerts] }
  return {
    ...state,
    follow: false,
    toast: undefined,
    mode: { kind: 'pin', action, row: held, live: state.follow },
  }
}

export const withoutPin = (state: ViewState): ViewState =>
  state.mode.kind === 'pin' ? { ...state, mode: { kind: 'list' } } : state
