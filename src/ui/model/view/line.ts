/** What a piece of text means; the theme says how that looks. */
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

/** One line of text, no wider than there is room. */
export type StyledLine = readonly Span[]

export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone })
