import { actionFor } from '../input/keys.ts'
import type { Data } from './data.ts'
import { browse, browsePinned } from './modes/browse.ts'
import { commandKey, confirmKey, copyKey } from './modes/choices.ts'
import { filterKey } from './modes/filter.ts'
import { helpKey } from './modes/help.ts'
import type { ViewState } from './state.ts'
import { type Step, step } from './step.ts'

/** Things the reducer words but doesn't know by itself. */
export interface KeyContext {
  /** The command that prints this view, of so many alerts. */
  command(state: ViewState, matching: number): string
}

/** What one key does. Pure: the alerts are only read, and the world is only asked. */
export function reduceKey(state: ViewState, chord: string, data: Data, context: KeyContext): Step {
  switch (actionFor(chord, 'any')) {
    case 'interrupt':
      return step(state, { type: 'quit', interrupted: true })
    case 'suspend':
      return step(state, { type: 'suspend' })
    case 'redraw':
      return step(state, { type: 'redraw' })
    default:
  }
  switch (state.mode.kind) {
    case 'filter':
      return filterKey(state, state.mode, chord, data)
    case 'help':
      return helpKey(state, state.mode, chord)
    case 'confirm':
      return confirmKey(state, state.mode, chord)
    case 'pin':
      return browsePinned(state, state.mode, chord, data, context)
    case 'copy':
      return copyKey(state, state.mode, chord)
    case 'command':
      return commandKey(state, state.mode, chord)
    default:
      return browse(state, chord, data, context)
  }
}
