import { editKey, insertText } from '../line-editor.ts'
import type { Mode, ViewState } from '../state.ts'
import { type Step, step } from '../step.ts'

type HelpMode = Extract<Mode, { kind: 'help' }>

/** The help screen is searched by typing. */
export function helpKey(state: ViewState, mode: HelpMode, chord: string): Step {
  const scroll = (lines: number) =>
    step({ ...state, mode: { ...mode, scroll: Math.max(0, mode.scroll + lines) } })
  switch (chord) {
    case 'escape':
    case 'return':
      return step({ ...state, mode: { kind: 'list' } })
    case '?':
      return step({ ...state, mode: mode.search.text === '' ? { kind: 'list' } : mode })
    case 'down':
      return scroll(1)
    case 'up':
      return scroll(-1)
    case 'pageDown':
    case '^d':
      return scroll(state.rows >> 1)
    case 'pageUp':
    case '^u':
      return scroll(-(state.rows >> 1))
    default: {
      const search = editKey(mode.search, chord)
      return step(search ? { ...state, mode: { ...mode, search, scroll: 0 } } : state)
    }
  }
}

export const helpPaste = (state: ViewState, mode: HelpMode, text: string): ViewState => ({
  ...state,
  mode: { ...mode, search: insertText(mode.search, text.trim()), scroll: 0 },
})
