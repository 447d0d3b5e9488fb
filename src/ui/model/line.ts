/** What a piece of text means; the theme gives it a colour. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'faint'
  | 'critical'
  | 'warning'
  | 'info'
  | 'good'
  | 'accent'
  | 'cursor'

export interface Span {
  readonly text: string
  readonly tone: Tone
  /** Where a click leads, in terminals that can: an http(s) URL of printable ASCII. */
  readonly link?: string | undefined
}

/**
 * One row of the screen, already as wide as it may be. `faded` is what is too old to trust,
 * `settled` what needs nobody any more.
 */
export interface Line {
  readonly spans: readonly Span[]
  readonly mood?: 'faded' | 'settled' | undefined
  readonly selected?: boolean
}

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone })

export const textOf = (line: Line): string => line.spans.map(({ text }) => text).join('')
