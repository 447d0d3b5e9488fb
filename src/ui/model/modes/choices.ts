import type { CopyForm } from '../effect.ts'
import { editKey } from '../line-editor.ts'
import type { Mode, ViewState } from '../state.ts'
import { sendStatus } from '../status-change.ts'
import { type Step, step, withToast } from '../step.ts'

const toList = (state: ViewState): ViewState => ({ ...state, mode: { kind: 'list' } })

/** More than one alert: only their number, typed, goes on. */
export function confirmKey(state: ViewState, mode: Extract<Mode, { kind: 'confirm' }>, chord: string): Step {
  if (chord === 'escape') return step(withToast(toList(state), 'nothing changed'))
  if (chord === 'return')
    return mode.typed.text.trim() === String(mode.jobs.length)
      ? sendStatus(toList(state), mode.jobs)
      : step(withToast(toList(state), 'that was another number: nothing changed', 'warning'))
  const typed = editKey(mode.typed, chord)
  return step(typed ? { ...state, mode: { ...mode, typed } } : state)
}

const forms: Readonly<Record<string, CopyForm>> = { j: 'json', m: 'markdown', c: 'curl', y: 'id', Y: 'id' }

export function copyKey(state: ViewState, { alertId }: Extract<Mode, { kind: 'copy' }>, chord: string): Step {
  const form = forms[chord]
  return form ? step(toList(state), { type: 'copy', alertId, form }) : step(toList(state))
}

export function commandKey(state: ViewState, mode: Extract<Mode, { kind: 'command' }>, chord: string): Step {
  if (chord === 'y') return step(toList(state), { type: 'copyText', text: mode.text, what: 'the command' })
  return chord === 'escape' || chord === 'return' || chord === 'q' || chord === '!'
    ? step(toList(state))
    : step(state)
}
