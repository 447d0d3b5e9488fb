import { createInterface } from 'node:readline'
import type { Io } from '../../program/io.ts'
import { type Action, browseKey, type Key, keys } from '../input/keys.ts'

/** What can be done without a screen: the keys of these, each with Enter. */
const actions = ['help', 'reconnect', 'quit'] as const satisfies readonly Action[]
export type TypedAction = (typeof actions)[number]

/** These keys in the key table. */
export const typedKeys: readonly Key[] = keys.filter(({ action }) => asTyped(action) !== undefined)

/**
 * Reads keys as lines, so that the terminal keeps its own way of typing, `^C` and `^Z`. `heard` gets undefined for what is
 * none of them. Returns what ends it.
 */
export function readTypedKeys({ stdin }: Io, heard: (action: TypedAction | undefined) => void): () => void {
  const lines = createInterface({ input: stdin, terminal: false })
  lines.on('line', (line) => {
    const typed = line.trim()
    if (typed !== '') heard(asTyped(browseKey(typed)?.action))
  })
  return () => lines.close()
}

function asTyped(action: Action | undefined): TypedAction | undefined {
  return actions.find((one) => one === action)
}
