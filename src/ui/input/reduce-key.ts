import { goLive } from '../model/list/viewport.ts'
import { actOnRow } from '../model/modes/act.ts'
import { commandKey, confirmKey, copyKey } from '../model/modes/choices.ts'
import { typeFilter } from '../model/modes/filter.ts'
import { helpKey } from '../model/modes/help.ts'
import { withoutPin } from '../model/modes/pin.ts'
import type { Press } from '../model/press.ts'
import type { Mode } from '../model/state.ts'
import { type Step, step } from '../model/step.ts'
import { browseKey, filterKey, programKey } from './keys.ts'

/** What one key does. Pure: the alerts are only read, and the world is only asked. */
export function reduceKey(press: Press, chord: string): Step {
  const { state } = press
  const { mode } = state
  const program = programKey(chord)
  if (program) return program.run(press)
  switch (mode.kind) {
    case 'filter':
      return filterKey(chord)?.run(press, mode) ?? typeFilter(state, mode, chord)
    case 'help':
      return helpKey(state, mode, chord)
    case 'confirm':
      return confirmKey(state, mode, chord)
    case 'pin':
      return pinKey(press, mode, chord)
    case 'copy':
      return copyKey(state, mode, chord)
    case 'command':
      return commandKey(state, mode, chord)
    case 'list':
    case 'detail':
      return browseKey(chord)?.run(press) ?? step(state)
    default:
      return mode satisfies never
  }
}

/** While a row is pinned the same key acts on it, esc lets go, and another one does what it always does. */
function pinKey(press: Press, mode: Extract<Mode, { kind: 'pin' }>, chord: string): Step {
  const key = browseKey(chord)
  if (key === undefined) return step(press.state)
  const state = withoutPin(press.state)
  if (key.action === mode.action) return actOnRow({ ...state, displaced: false }, mode.action, mode.row)
  if (key.action === 'back') return step(mode.live ? goLive(state, press.data.rows) : state)
  return key.run({ ...press, state })
}
