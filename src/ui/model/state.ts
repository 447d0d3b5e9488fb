import type { FeedState } from '../../client/feed/feed.ts'
import type { Aggregations } from '../../protocol/answers.ts'
import type { Status } from '../../protocol/status.ts'
import type { StatusJob } from './effect.ts'
import { emptyEditor, type LineEditor } from './line-editor.ts'
import type { TotalsRange } from './totals-range.ts'
import type { AlertItem, Sort } from './list/row.ts'

/** What a key does to the selected row's alerts. */
export type RowAction = 'acknowledge' | 'resolve' | 'copy' | 'copyAs' | 'openLink'

/** What the keys go to. */
export type Mode =
  | { readonly kind: 'list' }
  /**
   * A key that acts was pressed where nobody had chosen a row. `row` is the one that stood there then, with the alerts it
   * had; the same key again acts on it. `live` says whether the list followed.
   */
  | {
      readonly kind: 'pin'
      readonly action: RowAction
      readonly row: AlertItem
      readonly live: boolean
    }
  /** `live` is the row that it was opened on while following: going back from there follows again. */
  | { readonly kind: 'detail'; readonly scroll: number; readonly live: string | undefined }
  | { readonly kind: 'help'; readonly search: LineEditor; readonly scroll: number }
  /** `place` is how far back in the history; 0 is the line being typed, which `draft` keeps. */
  | {
      readonly kind: 'filter'
      readonly editor: LineEditor
      readonly place: number
      readonly draft: string
      /** What was selected before the rows followed the typing. */
      readonly before: Pick<ViewState, 'selected' | 'selectedRank' | 'offset'>
    }
  /** More than one alert is at stake, as they stood when the key was pressed: their number has to be typed. */
  | {
      readonly kind: 'confirm'
      readonly status: Status
      readonly jobs: readonly StatusJob[]
      readonly typed: LineEditor
    }
  | { readonly kind: 'copy'; readonly alertId: string }
  | { readonly kind: 'command'; readonly text: string }

/** Words at the foot of the screen for a few seconds. */
export interface Toast {
  readonly text: string
  readonly tone: 'plain' | 'good' | 'warning'
  /** When it goes, in milliseconds since the epoch. */
  readonly until: number
}

/** What came of asking the server for alerts older than those held. */
export type Older =
  | { readonly kind: 'more' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly reason: string }

/** The server's totals over `range`; `failed` says why there are none. */
export interface Totals {
  readonly range: TotalsRange
  readonly value: Aggregations | undefined
  readonly failed: string | undefined
}

/** One status change that can be taken back. */
export interface Undoable {
  readonly alertId: string
  readonly from: Status
  /** The version that the change made: undoing is refused when somebody acted since. */
  readonly etag: string | undefined
}

/** What people see and do, apart from the alerts themselves. Immutable. */
export interface ViewState {
  readonly columns: number
  readonly rows: number
  /** This machine's clock, in milliseconds; it moves once a second. */
  readonly now: number
  readonly feed: FeedState
  readonly mode: Mode
  /** The selected row's key and its last rank, for when the row goes. */
  readonly selected: string | undefined
  readonly selectedRank: number
  /** On which line of the list the selected row stands. */
  readonly offset: number
  readonly follow: boolean
  /** The selected row took the place of one that went: nobody has chosen it. */
  readonly displaced: boolean
  /** The key of the row whose status was changed last: that it goes is no surprise. */
  readonly changedRow: string | undefined
  /** Whether the detail stands beside the list, where there is room. Never while following. */
  readonly beside: boolean
  readonly frozen: boolean
  /** Rows that came or rose above the first visible one since following stopped. */
  readonly newAbove: number
  /** Events received while frozen. */
  readonly waiting: number
  readonly sort: Sort
  readonly fold: boolean
  /** The filter in force, as typed. */
  readonly filter: string
  /** What n and N look for when no filter hides the rest. */
  readonly search: string
  readonly history: readonly string[]
  readonly time: 'age' | 'clock'
  readonly utc: boolean
  readonly range: TotalsRange
  readonly totals: Totals | undefined
  readonly older: Older
  readonly toast: Toast | undefined
  /** Statuses shown before the server has agreed, by alert id. */
  readonly pending: ReadonlyMap<string, Status>
  readonly undo: readonly (readonly Undoable[])[]
  readonly mouse: boolean
  readonly bell: boolean
}

export function initialState(options: {
  readonly columns: number
  readonly rows: number
  readonly now: number
  readonly feed: FeedState
  readonly filter: string
}): ViewState {
  return {
    ...options,
    mode: { kind: 'list' },
    selected: undefined,
    selectedRank: 0,
    offset: 0,
    follow: true,
    displaced: false,
    changedRow: undefined,
    beside: false,
    frozen: false,
    newAbove: 0,
    waiting: 0,
    sort: 'time',
    fold: true,
    search: '',
    history: options.filter === '' ? [] : [options.filter],
    time: 'age',
    utc: false,
    range: '1h',
    totals: undefined,
    older: { kind: 'more' },
    toast: undefined,
    pending: new Map(),
    undo: [],
    mouse: false,
    bell: false,
  }
}

export const filterMode = ({ selected, selectedRank, offset }: ViewState): Mode => ({
  kind: 'filter',
  editor: emptyEditor,
  place: 0,
  draft: '',
  before: { selected, selectedRank, offset },
})

/** The filter that is being typed, which the rows follow at once. */
export const typedFilter = ({ mode }: ViewState): string | undefined =>
  mode.kind === 'filter' ? mode.editor.text : undefined
