type KeyGroup = 'Move' | 'Look' | 'Act' | 'Take along' | 'Program' | 'While filtering'

/** A row of the key table. A key without a handler does not compile. */
export interface KeyDefinition<Handler> {
  /** As terminals name them: one character, or `^d`, `space`, `return`, `pageDown`, … */
  readonly keys: readonly string[]
  /** What it does, for the help screen and the docs. */
  readonly words: string
  readonly group: KeyGroup
  /** The word in the help bar, and its place there (low comes first); absent keys are not shown. */
  readonly bar?: readonly [word: string, place: number]
  readonly run: Handler
}
