import { interrupt, redraw, suspend } from '../model/modes/act.ts'
import type { KeyHandler } from '../model/press.ts'
import type { KeyDefinition } from './key-definition.ts'

/** The keys that work everywhere, prompts included. */
export const programKeys = {
  interrupt: { keys: ['^c'], words: 'quit, from anywhere', group: 'Program', run: interrupt },
  suspend: { keys: ['^z'], words: 'suspend; fg comes back', group: 'Program', run: suspend },
  redraw: { keys: ['^l'], words: 'draw the screen anew', group: 'Program', run: redraw },
} as const satisfies Record<string, KeyDefinition<KeyHandler>>
