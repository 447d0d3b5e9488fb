import { actionFor } from '../../input/keys.ts'
import type { Data } from '../data.ts'
import { editKey, editorWith, insertText } from '../line-editor.ts'
import type { Mode, ViewState } from '../state.ts'
import { type Step, step, withToast } from '../step.ts'
import { selectRank } from '../list/viewport.ts'
import { findRank, matcherFor } from './jump.ts'

type FilterMode = Extract<Mode, { kind: 'filter' }>

const mostHistory = 50

/** Keys while a filter is typed. The rows follow what is typed; esc leaves them as they were. */
export function filterKey(state: ViewState, mode: FilterMode, chord: string, data: Data): Step {
  const text = mode.editor.text.trim()
  switch (actionFor(chord, 'filter')) {
    case 'applyFilter':
      return data.figures.fault
        ? step(state)
        : step({
            ...state,
            mode: { kind: 'list' },
            filter: text,
            search: text,
            history: remember(state, text),
          })
    case 'findOnly':
      return step(find(state, text, data))
    case 'leaveFilter':
      return step(leave(state, mode))
    case 'olderFilter':
      return step(recall(state, mode, 1))
    case 'newerFilter':
      return step(recall(state, mode, -1))
    default: {
      if (chord === 'backspace' && mode.editor.text === '') return step(leave(state, mode))
      const editor = editKey(mode.editor, chord)
      return step(editor ? { ...state, mode: { ...mode, editor, place: 0, draft: editor.text } } : state)
    }
  }
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
  return text === '' ? history : [...history.filter((one) => one !== text), text].slice(-mostHistory)
}

function recall(state: ViewState, mode: FilterMode, by: number): ViewState {
  const place = Math.max(0, Math.min(state.history.length, mode.place + by))
  const text = place === 0 ? mode.draft : (state.history.at(-place) ?? '')
  return { ...state, mode: { ...mode, place, editor: editorWith(text) } }
}
