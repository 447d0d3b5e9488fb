import { emptyEditor } from '../line-editor.ts'
import { rowKey, sorts } from '../list/row.ts'
import { selectedRow } from '../list/selected-row.ts'
import { goLive, isWide, leaveLive, settle } from '../list/viewport.ts'
import type { KeyHandler } from '../press.ts'
import { ranges } from '../totals-range.ts'
import { filterMode } from '../state.ts'
import { step, withToast } from '../step.ts'

/** The detail keeps to the alert that it was opened on, whatever comes. */
export const openDetail: KeyHandler = ({ state }) => {
  const { mode, selected, follow } = state
  if (selected === undefined || mode.kind === 'detail') return step(state)
  const live = follow ? selected : undefined
  return step({
    ...leaveLive(state),
    displaced: false,
    beside: true,
    mode: { kind: 'detail', scroll: 0, live },
  })
}

/** Closes the detail: live again where it was opened live, unless the selection moved. Then it clears the filter. */
export const goBack: KeyHandler = ({ state, data }) => {
  const { mode, selected } = state
  if (mode.kind === 'detail' && mode.live !== undefined && mode.live === selected)
    return step(goLive(state, data.rows))
  if (mode.kind === 'detail' || (state.beside && isWide(state)))
    return step({ ...state, beside: false, mode: { kind: 'list' } })
  if (state.filter === '') return step({ ...state, toast: undefined, search: '' })
  return step(withToast({ ...state, filter: '' }, 'filter cleared; / and arrow up bring it back'))
}

export const toggleFrozen: KeyHandler = ({ state, data }) =>
  step(settle({ ...state, frozen: !state.frozen, waiting: 0 }, data.rows))

export const startFilter: KeyHandler = ({ state }) =>
  step({ ...state, mode: filterMode(state), toast: undefined })

export const nextSort: KeyHandler = ({ state }) =>
  step({ ...state, sort: sorts[(sorts.indexOf(state.sort) + 1) % sorts.length] ?? state.sort })

/** The selection goes with its alert into the fold, and out of it. */
export const toggleFold: KeyHandler = ({ state, data }) => {
  const row = selectedRow(state, data.rows)
  const selected = row && rowKey(row.alert, !state.fold)
  const message = state.fold ? 'every alert on its own row' : 'repeats folded'
  return step(withToast({ ...state, fold: !state.fold, selected }, message))
}

export const toggleTimes: KeyHandler = ({ state }) =>
  step({ ...state, time: state.time === 'age' ? 'clock' : 'age' })

export const toggleZone: KeyHandler = ({ state }) =>
  step(withToast({ ...state, utc: !state.utc, time: 'clock' }, state.utc ? 'local time' : 'UTC'))

/** A shorter or longer range of the totals. */
export const changeRange =
  (by: 1 | -1): KeyHandler =>
  ({ state }) =>
    step({ ...state, range: ranges[ranges.indexOf(state.range) + by] ?? state.range })

export const openHelp: KeyHandler = ({ state }) =>
  step({ ...state, mode: { kind: 'help', search: emptyEditor, scroll: 0 } })

export const toggleBell: KeyHandler = ({ state }) =>
  step(
    withToast({ ...state, bell: !state.bell }, state.bell ? 'bell off' : 'bell on: rings for new criticals'),
  )

export const toggleMouse: KeyHandler = ({ state }) =>
  step(
    withToast(
      { ...state, mouse: !state.mouse },
      state.mouse ? 'mouse off' : 'mouse on: hold shift to select text',
    ),
    { type: 'mouse', on: !state.mouse },
  )
