import type { Data } from '../data.ts'
import { editKey, editorWith, insertText } from '../line-editor.ts'
import type { FilterKeyHandler, FilterMode } from '../press.ts'
import type { ViewState } from '../state.ts'
import { type Step, step, withToast } from '../step.ts'
import { selectRank } from '../list/viewport.ts'
import { findRank, matcherFor } from './jump.ts'

const maxHistory = 50

export const applyFilter: FilterKeyHandler = ({ state, data }, mode) => {
  const text = mode.editor.text.trim()
  return data.figures.fault
    ? step(state)
    : step({
        ...state,
        mode: { kind: 'list' },
        filter: text,
        search: text,
        history: remember(state, text),
      })
}

export const findOnly: FilterKeyHandler = ({ state, data }, mode) =>
  step(find(state, mode.editor.text.trim(), data))

export const leaveFilter: FilterKeyHandler = ({ state }, mode) => step(leave(state, mode))

/** Brings back a filter of before, or goes back towards the line being typed. */
export const recallFilter =
  (by: 1 | -1): FilterKeyHandler =>
  ({ state }, mode) =>
    step(recall(state, mode, by))

/** A key that is typed into the filter. The rows follow what is typed. */
export function typeFilter(state: ViewState, mode: FilterMode, chord: string): Step {
  if (chord === 'backspace' && mode.editor.text === '') return step(leave(state, mode))
  const editor = editKey(mode.editor, chord)
  return step(editor ? { ...state, mode: { ...mode, editor, place: 0, draft: editor.text } } : state)
}

/** The selection goes back to its alert, which the preview may have hidden. */
const leave = (state: ViewState, { before }: FilterMode): ViewState => ({
  ...state,
  ...before,
  mode: { kind: 'list' },
})

export function filterPaste(state: ViewState, mode: FilterMode, text: string): ViewState {
  const editor = insertText(mode.editor, text.trim())
  return { ...state, mode: { ...mode, editor, place: 0, draft: editor.text } }
}

/** Goes to the first match below, else to the first of all, with nothing hidden. */
function find(state: ViewState, text: string, { rows, figures }: Data): ViewState {
  if (text === '' || figures.fault) return state
  const next: ViewState = {
    ...state,
    mode: { kind: 'list' },
    filter: '',
    search: text,
    history: remember(state, text),
  }
  const test = matcherFor(next)
  const rank = test && (findRank(rows, state.selectedRank, 1, test) ?? findRank(rows, 0, 1, test))
  return rank === undefined ? withToast(next, 'no alert matches') : selectRank(next, rows, rank, 1)
}

function remember({ history }: ViewState, text: string): readonly string[] {
  return text === '' ? history : [...history.filter((one) => one !== text), text].slice(-maxHistory)
}

function recall(state: ViewState, mode: FilterMode, by: number): ViewState {
  const place = Math.max(0, Math.min(state.history.length, mode.place + by))
  const text = place === 0 ? mode.draft : (state.history.at(-place) ?? '')
  return { ...state, mode: { ...mode, place, editor: editorWith(text) } }
}
