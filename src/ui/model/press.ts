import type { Data } from './data.ts'
import type { Mode, ViewState } from './state.ts'
import type { Step } from './step.ts'

/** The command that prints this view, of so many alerts. */
export type ViewCommand = (state: ViewState, matching: number) => string

/** A key was pressed: all that a handler knows. The alerts are only read. */
export interface Press {
  readonly state: ViewState
  readonly data: Data
  readonly command: ViewCommand
}

/** What a key does. Pure: the next state, and what is asked of the world. */
export type KeyHandler = (press: Press) => Step

export type FilterMode = Extract<Mode, { kind: 'filter' }>

/** What a key does while a filter is typed. */
export type FilterKeyHandler = (press: Press, mode: FilterMode) => Step
