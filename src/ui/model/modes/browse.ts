import { type Severity, severityOfInsight } from '../../../protocol/severity.ts'
import { type Action, actionFor, keyName } from '../../input/keys.ts'
import type { Data } from '../data.ts'
import { emptyEditor } from '../line-editor.ts'
import { ranges } from '../range.ts'
import type { KeyContext } from '../reduce-key.ts'
import { type AlertRow, rowKey, sorts } from '../list/row.ts'
import type { Rows } from '../list/row-index.ts'
import { selectedRow } from '../list/selected-row.ts'
import { changeStatus, undoLast } from '../status-change.ts'
import { filterMode, type Mode, type RowAction, type ViewState } from '../state.ts'
import { type Step, step, withToast } from '../step.ts'
import { goLive, isWide, leaveLive, listHeight, selectRank, settle } from '../list/viewport.ts'
import { jump, matcherFor } from './jump.ts'
import { isChosen, isRowAction, pin, pinKey } from './pin.ts'

/** Keys of the list and of the detail. */
export function browse(state: ViewState, chord: string, data: Data, context: KeyContext): Step {
  const action = actionFor(chord, 'browse')
  if (action === undefined) return step(state)
  const moved = move(state, action, data)
  if (moved) return step(moved)
  const looked = look(state, action, data)
  if (looked) return step(looked)
  if (!isRowAction(action)) return act(state, action, data, context)
  const row = selectedRow(state, data.rows)
  if (!row) return step(withToast(state, 'there is no alert to act on'))
  return isChosen(state) ? actOnRow(state, action, row) : step(pin(state, action, row))
}

/** Keys while a row is pinned. */
export function browsePinned(
  before: ViewState,
  mode: Extract<Mode, { kind: 'pin' }>,
  chord: string,
  data: Data,
  context: KeyContext,
): Step {
  const { state, acts, passes } = pinKey(before, mode, chord, data.rows)
  if (acts) return actOnRow(state, acts, mode.row)
  return passes ? browse(state, chord, data, context) : step(state)
}

function move(state: ViewState, action: Action, data: Data): ViewState | undefined {
  const { rows } = data
  const page = listHeight(state)
  // What is further down may not have been loaded yet.
  const older =
    data.figures.full || state.older.kind === 'end' ? '' : `; ${keyName('end', false)} loads older ones`
  const by = (count: number) => selectRank(state, rows, state.selectedRank + count, count > 0 ? 1 : -1)
  switch (action) {
    case 'down':
      return by(1)
    case 'up':
      return by(-1)
    case 'halfDown':
      return scrollDetail(state, page >> 1) ?? by(page >> 1)
    case 'halfUp':
      return scrollDetail(state, -(page >> 1)) ?? by(-(page >> 1))
    case 'pageDown':
      return scrollDetail(state, page) ?? by(page)
    case 'pageUp':
      return scrollDetail(state, -page) ?? by(-page)
    case 'first':
      return selectRank(state, rows, 0, 1)
    case 'last':
      return selectRank(state, rows, rows.size - 1, -1)
    case 'live':
      return goLive(state, rows)
    case 'nextCritical':
      return jump(state, rows, 1, risky('critical'), `no critical further down${older}`)
    case 'previousCritical':
      return jump(state, rows, -1, risky('critical'), 'no critical further up')
    case 'nextWarning':
      return jump(state, rows, 1, risky('warning'), `no warning further down${older}`)
    case 'previousWarning':
      return jump(state, rows, -1, risky('warning'), 'no warning further up')
    case 'nextMatch':
      return jump(state, rows, 1, matcherFor(state), `no match further down${older}`)
    case 'previousMatch':
      return jump(state, rows, -1, matcherFor(state), 'no match further up')
    default:
      return undefined
  }
}

const risky = (severity: Severity) => (row: AlertRow) => severityOfInsight(row.alert.insight) === severity

function scrollDetail(state: ViewState, lines: number): ViewState | undefined {
  const { mode } = state
  if (mode.kind !== 'detail') return undefined
  return { ...state, mode: { ...mode, scroll: Math.max(0, mode.scroll + lines) } }
}

function look(state: ViewState, action: Action, { rows }: Data): ViewState | undefined {
  switch (action) {
    case 'open':
      return open(state)
    case 'back':
      if (state.mode.kind === 'detail' || (state.beside && isWide(state))) return close(state, rows)
      if (state.filter === '') return { ...state, toast: undefined, search: '' }
      return withToast({ ...state, filter: '' }, 'filter cleared; / and arrow up bring it back')
    case 'freeze':
      return settle({ ...state, frozen: !state.frozen, waiting: 0 }, rows)
    case 'filter':
      return { ...state, mode: filterMode(state), toast: undefined }
    case 'sort':
      return { ...state, sort: cycle(sorts, state.sort, 1) }
    case 'fold':
      return fold(state, rows)
    case 'age':
      return { ...state, time: state.time === 'age' ? 'clock' : 'age' }
    case 'zone':
      return withToast({ ...state, utc: !state.utc, time: 'clock' }, state.utc ? 'local time' : 'UTC')
    case 'shorterRange':
      return { ...state, range: ranges[Math.max(0, ranges.indexOf(state.range) - 1)] ?? state.range }
    case 'longerRange':
      return { ...state, range: ranges[ranges.indexOf(state.range) + 1] ?? state.range }
    case 'help':
      return { ...state, mode: { kind: 'help', search: emptyEditor, scroll: 0 } }
    case 'bell':
      return withToast(
        { ...state, bell: !state.bell },
        state.bell ? 'bell off' : 'bell on: rings for new criticals',
      )
    default:
      return undefined
  }
}

/** The selection goes with its alert into the fold, and out of it. */
function fold(state: ViewState, rows: Rows): ViewState {
  const row = selectedRow(state, rows)
  const selected = row && rowKey(row.alert, !state.fold)
  const words = state.fold ? 'every alert on its own row' : 'repeats folded'
  return withToast({ ...state, fold: !state.fold, selected }, words)
}

/** The detail keeps to the alert that it was opened on, whatever comes. */
function open(state: ViewState): ViewState {
  const { mode, selected, follow } = state
  if (selected === undefined || mode.kind === 'detail') return state
  const live = follow ? selected : undefined
  return { ...leaveLive(state), displaced: false, beside: true, mode: { kind: 'detail', scroll: 0, live } }
}

/** Back to where it was opened: live again, unless the selection moved meanwhile. */
function close(state: ViewState, rows: Rows): ViewState {
  const { mode, selected } = state
  if (mode.kind === 'detail' && mode.live !== undefined && mode.live === selected) return goLive(state, rows)
  return { ...state, beside: false, mode: { kind: 'list' } }
}

function actOnRow(state: ViewState, action: RowAction, row: AlertRow): Step {
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
  }
}

function act(state: ViewState, action: Exclude<Action, RowAction>, data: Data, context: KeyContext): Step {
  switch (action) {
    case 'undo':
      return undoLast(state)
    case 'reconnect':
      return reconnect(state)
    case 'save':
      return step(state, { type: 'save' })
    case 'command':
      return step({
        ...state,
        mode: { kind: 'command', text: context.command(state, data.figures.matching) },
      })
    case 'mouse':
      return step(
        withToast(
          { ...state, mouse: !state.mouse },
          state.mouse ? 'mouse off' : 'mouse on: hold shift to select text',
        ),
        { type: 'mouse', on: !state.mouse },
      )
    case 'quit':
      return step(state, { type: 'quit', interrupted: false })
    default:
      return step(state)
  }
}

function reconnect(state: ViewState): Step {
  if (state.older.kind === 'failed') return step({ ...state, older: { kind: 'more' } }, { type: 'reconnect' })
  return state.feed.status === 'live'
    ? step(withToast(state, 'the link is up'))
    : step(state, { type: 'reconnect' })
}

function cycle<T>(items: readonly T[], current: T, by: number): T {
  return items[(items.indexOf(current) + by + items.length) % items.length] ?? current
}
