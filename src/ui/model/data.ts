import type { Rows } from './list/row-index.ts'

/** What the list holds, apart from its rows: figures for the header and the notices. */
export interface Figures {
  /** Alerts held, and how many of them the filter lets through. */
  readonly held: number
  readonly matching: number
  /** Alerts let go because the list was full. */
  readonly dropped: number
  readonly full: boolean
  /** Live events in the last minute: a replay says nothing about how much comes. */
  readonly perMinute: number
  /** What is wrong with the filter, and where. */
  readonly fault: { readonly message: string; readonly position: number } | undefined
}

/** The alerts, as the model sees them. */
export interface Data {
  readonly rows: Rows
  readonly figures: Figures
}
