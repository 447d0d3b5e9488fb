import type { AlertItem } from '../list/row.ts'
import { selectedRow } from '../list/selected-row.ts'
import type { KeyHandler } from '../press.ts'
import type { RowAction, ViewState } from '../state.ts'
import { changeStatus, undoLast } from '../status-change.ts'
import { type Step, step, withToast } from '../step.ts'
import { isChosen, pin } from './pin.ts'

/** Acts on the selected row; where nobody chose it, it is named first. */
export const actOnSelected =
  (action: RowAction): KeyHandler =>
  ({ state, data }) => {
    const row = selectedRow(state, data.rows)
    if (!row) return step(withToast(state, 'there is no alert to act on'))
    return isChosen(state) ? actOnRow(state, action, row) : step(pin(state, action, row))
  }

export function actOnRow(state: ViewState, action: RowAction, row: AlertItem): Step {
  const { insight } = row.alert
  switch (action) {
    case 'acknowledge':
      return changeStatus(state, row, 'acknowledged')
    case 'resolve':
      return changeStatus(state, row, 'resolved')
    case 'copy':
      return step(state, { type: 'copy', alertId: insight.alert_id, form: 'id' })
    case 'copyAs':
      return step({ ...state, mode: { kind: 'copy', alertId: insight.alert_id } })
    case 'openLink':
      return insight.url === undefined
        ? step(withToast(state, 'this alert has no link'))
        : step(state, { type: 'openLink', url: insight.url })
    default:
      return action satisfies never
  }
}

export const undo: KeyHandler = ({ state }) => undoLast(state)

export const reconnect: KeyHandler = ({ state }) => {
  if (state.older.kind === 'failed') return step({ ...state, older: { kind: 'more' } }, { type: 'reconnect' })
  return state.feed.status === 'live'
    ? step(withToast(state, 'the link is up'))
    : step(state, { type: 'reconnect' })
}

export const save: KeyHandler = ({ state }) => step(state, { type: 'save' })

export const showCommand: KeyHandler = ({ state, data, command }) =>
  step({ ...state, mode: { kind: 'command', text: command(state, data.figures.matching) } })

export const quit: KeyHandler = ({ state }) => step(state, { type: 'quit', interrupted: false })
export const interrupt: KeyHandler = ({ state }) => step(state, { type: 'quit', interrupted: true })
export const suspend: KeyHandler = ({ state }) => step(state, { type: 'suspend' })
export const redraw: KeyHandler = ({ state }) => step(state, { type: 'redraw' })
