import { wrap } from '../../../text/wrap.ts'
import type { Glyphs } from '../../../text/glyphs.ts'
import type { Data } from '../data.ts'
import { selectedRow } from '../list/selected-row.ts'
import { detailWidth, isWide, viewportOf } from '../list/viewport.ts'
import type { ViewState } from '../state.ts'
import { type DetailView, detailView } from './detail-view.ts'
import { type FootView, footView } from './foot-view.ts'
import { type HeaderView, headerView } from './header-view.ts'
import { type HelpView, helpView } from './help-view.ts'
import { type ListView, listView } from './list-view.ts'
import { type TotalsView, totalsView } from './totals-view.ts'

/** What stands between the two lines at the top and the one at the foot. */
export type BodyView =
  | { readonly kind: 'list'; readonly list: ListView; readonly detail: DetailView | undefined }
  | { readonly kind: 'detail'; readonly detail: DetailView }
  | { readonly kind: 'help'; readonly help: HelpView }
  | { readonly kind: 'command'; readonly lines: readonly string[] }

/**
 * What the dashboard shows, in values: components say how they look. Immutable, and equal to the view before while
 * nothing that is shown has changed. Never more lines than the terminal has rows.
 */
export interface DashboardView {
  readonly kind: 'dashboard'
  readonly columns: number
  readonly rows: number
  readonly header: HeaderView
  readonly totals: TotalsView
  readonly body: BodyView
  readonly foot: FootView
  /** From which line on the detail or the help is shown; no further down than there is something to show. */
  readonly scroll: number
  /** Whether older alerts are about to be scrolled into, and should be asked for. */
  readonly wantsOlder: boolean
}

/** A window without room for a dashboard. */
interface SmallView {
  readonly kind: 'small'
  readonly columns: number
  readonly rows: number
  readonly lines: readonly string[]
  readonly scroll: 0
  readonly wantsOlder: false
}

export type View = DashboardView | SmallView

export interface ViewContext {
  readonly url: string
  readonly glyphs: Glyphs
  readonly ascii: boolean
  /** What is said while there are no alerts, for instance what `--resume` found. */
  readonly greeting: string | undefined
}

const minColumns = 40
const minRows = 10

export function viewOf(state: ViewState, data: Data, context: ViewContext): View {
  const { columns, rows } = state
  const { figures } = data
  if (columns < minColumns || rows < minRows) return smallView(state, context.glyphs)
  const { top, height } = viewportOf(state)
  const { body, scroll } = bodyOf(state, data, context, rows - 3)
  return {
    kind: 'dashboard',
    columns,
    rows,
    header: headerView(state, { url: context.url, figures }),
    totals: totalsView(state, figures),
    body,
    scroll,
    foot: footView(state, figures),
    // What is typed may match next to nothing: the server is asked once it is in force.
    wantsOlder:
      state.older.kind === 'more' &&
      state.mode.kind !== 'filter' &&
      !figures.full &&
      top + height + 5 >= data.rows.size,
  }
}

function bodyOf(
  state: ViewState,
  data: Data,
  context: ViewContext,
  height: number,
): { readonly body: BodyView; readonly scroll: number } {
  const { columns, mode } = state
  if (mode.kind === 'help') {
    const { help, scroll } = helpView(mode, { columns, height, ascii: context.ascii })
    return { body: { kind: 'help', help }, scroll }
  }
  if (mode.kind === 'command')
    return { body: { kind: 'command', lines: wrap(mode.text, columns - 4).slice(0, height - 3) }, scroll: 0 }
  const row = selectedRow(state, data.rows)
  if (!row || (isWide(state) ? !state.beside : mode.kind !== 'detail'))
    return {
      body: { kind: 'list', list: listView(state, data, columns, context), detail: undefined },
      scroll: 0,
    }
  const width = isWide(state) ? detailWidth(state) : columns
  const { detail, scroll } = detailView(row, state, context, { width, height })
  return {
    body: isWide(state)
      ? { kind: 'list', list: listView(state, data, columns - width, context), detail }
      : { kind: 'detail', detail },
    scroll,
  }
}

function smallView({ columns, rows }: ViewState, { times }: Glyphs): SmallView {
  const message = `iops needs ${minColumns}${times}${minRows}, this is ${columns}${times}${rows}`
  const lines = wrap(message, Math.max(1, columns)).slice(0, rows)
  return { kind: 'small', columns, rows, lines, scroll: 0, wantsOlder: false }
}
