import type { Effect } from './effect.ts'
import type { Toast, ViewState } from './state.ts'

/** What a key led to: the next state, and what the world is to do. */
export interface Step {
  readonly state: ViewState
  readonly effects: readonly Effect[]
}

export const step = (state: ViewState, ...effects: readonly Effect[]): Step => ({ state, effects })

const toastMs = 4000

/** Shows words at the foot of the screen for a few seconds. */
export function withToast(state: ViewState, text: string, tone: Toast['tone'] = 'plain'): ViewState {
  return { ...state, toast: { text, tone, until: state.now + toastMs } }
}
