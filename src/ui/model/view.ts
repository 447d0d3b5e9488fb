import { wholeNumber, counted, longAge } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { keyName } from '../input/keys.ts'
import { sanitize } from '../../text/sanitize.ts'
import { alertLine, gapLine, headsLine, type LineContext } from './alert-line.ts'
import { fitSpans, ruleLine } from './cells.ts'
import { columnsFor } from './list/columns.ts'
import type { Data, Figures } from './data.ts'
import { detailLines, serverNow } from './detail-view.ts'
import { footLine } from './foot-line.ts'
import { headerLine } from './header-line.ts'
import { helpLines } from './help-view.ts'
import { type Line, span } from './line.ts'
import type { AlertRow } from './list/row.ts'
import { selectedRow } from './list/selected-row.ts'
import { scrolled } from './list/scrolled.ts'
import { isStale } from './stale.ts'
import type { ViewState } from './state.ts'
import { totalsLine } from './totals-line.ts'
import { detailWidth, hasNotice, isWide, viewportOf } from './list/viewport.ts'
import { wrap } from './wrap.ts'

/** A column of lines, side by side with others. */
interface Pane {
  readonly key: string
  readonly width: number
  readonly lines: readonly Line[]
}

/** The whole screen as text and tones. Immutable; never more lines than the terminal has rows. */
export interface View {
  readonly columns: number
  readonly rows: number
  readonly top: readonly Line[]
  readonly panes: readonly Pane[]
  readonly foot: Line
  /** From which line on the detail or the help is shown; no further down than there is something to show. */
  readonly scroll: number
  /** Whether older alerts are about to be scrolled into, and should be asked for. */
  readonly wantsOlder: boolean
}

export interface ViewContext {
  readonly url: string
  readonly glyphs: Glyphs
  readonly ascii: boolean
  /** What is said while there are no alerts, `--resume`'s words for instance. */
  readonly greeting: string | undefined
}

const leastColumns = 40
const leastRows = 10

export function viewOf(state: ViewState, data: Data, context: ViewContext): View {
  const { columns, rows } = state
  const { glyphs, ascii } = context
  const { figures } = data
  if (columns < leastColumns || rows < leastRows) return tooSmall(state, glyphs)
  const top = [headerLine(state, { ...context, figures }), totalsLine(state, { glyphs, figures })]
  const height = rows - 3
  const { top: first, height: lines } = viewportOf(state)
  const { panes, scroll = 0 } = panesOf(state, data, context, height)
  return {
    columns,
    rows,
    top,
    panes,
    scroll,
    foot: footLine(state, { glyphs, figures, ascii }),
    // What is typed may match next to nothing: the server is asked once it is in force.
    wantsOlder:
      state.older.kind === 'more' &&
      state.mode.kind !== 'filter' &&
      !figures.full &&
      first + lines + 5 >= data.rows.size,
  }
}

function panesOf(
  state: ViewState,
  data: Data,
  context: ViewContext,
  height: number,
): { readonly panes: readonly Pane[]; readonly scroll?: number } {
  const { columns, mode } = state
  const { glyphs, ascii } = context
  if (mode.kind === 'help') {
    const all = helpLines(mode.search.text, columns, ascii, glyphs)
    const key = keyName('pageDown', ascii)
    const { lines, scroll } = scrolled(all, { scroll: mode.scroll, height, key, glyphs, margin: ' ' })
    return { panes: [{ key: 'help', width: columns, lines }], scroll }
  }
  if (mode.kind === 'command') {
    const words = wrap(mode.text, columns - 4).map((text): Line => ({ spans: [span(`  ${text}`)] }))
    const head: Line = { spans: [span(' the command that prints this view', 'faint')] }
    const lines = [{ spans: [] }, head, { spans: [] }, ...words].slice(0, height)
    return { panes: [{ key: 'command', width: columns, lines }] }
  }
  const row = selectedRow(state, data.rows)
  if (!row || (isWide(state) ? !state.beside : mode.kind !== 'detail'))
    return { panes: [listPane(state, data, columns, context)] }
  const detail = (width: number) => detailPane(row, state, context, { width, height })
  if (!isWide(state)) {
    const { pane, scroll } = detail(columns)
    return { panes: [pane], scroll }
  }
  const beside = detailWidth(state)
  const { pane, scroll } = detail(beside)
  return { panes: [listPane(state, data, columns - beside, context), pane], scroll }
}

function listPane(state: ViewState, data: Data, width: number, view: ViewContext): Pane {
  const { glyphs, ascii, greeting } = view
  const { rows, figures } = data
  const clock = state.time === 'clock'
  const context: LineContext = {
    columns: columnsFor(width, { clock, fold: state.fold, severityWidth: glyphs.severityWidth }),
    glyphs,
    now: serverNow(state),
    clock,
    utc: state.utc,
    faded: isStale(state),
  }
  const { top, height } = viewportOf(state)
  const lines = rows.slice(top, height).map((row): Line => {
    if (row.kind === 'gap') return gapLine(row, context)
    const { alert } = row
    const line = alertLine(
      row,
      state.pending.get(alert.id) ?? alert.insight.status,
      row.key === state.selected,
      context,
    )
    // Live, nobody chose the row: it has the mark, because the hands are on it, and no more.
    return state.follow ? { ...line, selected: false } : line
  })
  if (rows.size === 0) lines.push(...emptyLines(state, figures, width, glyphs, greeting))
  else if (lines.length < height) lines.push(endLine(state, figures, { ...context, ascii }))
  while (lines.length < height) lines.push({ spans: [] })
  if (hasNotice(state)) lines.push(noticeLine(state, rows.size, context))
  return { key: 'list', width, lines: [headsLine(context), ...lines.slice(0, state.rows - 4)] }
}

function noticeLine(state: ViewState, size: number, { columns, glyphs }: LineContext): Line {
  const place =
    size === 0 ? '' : `${wholeNumber(state.selectedRank + 1)} of ${wholeNumber(size)} ${glyphs.dot} `
  const words = state.frozen
    ? frozenWords(state.waiting, columns.width < 60, glyphs)
    : state.newAbove > 0
      ? `${wholeNumber(state.newAbove)} new above ${glyphs.dot} G for live`
      : `${place}G for live`
  return ruleLine(words, columns.width, glyphs, state.frozen || state.newAbove > 0 ? 'accent' : 'faint')
}

const frozenWords = (waiting: number, isNarrow: boolean, { dot }: Glyphs): string =>
  [
    'frozen',
    isNarrow ? `+${wholeNumber(waiting)}` : `${counted(waiting, 'event')} waiting`,
    'space goes on',
  ].join(` ${dot} `)

/** What stands below the last row. */
function endLine(
  { older, mode, filter }: ViewState,
  { full, held }: Figures,
  { columns, glyphs, ascii }: LineContext & { readonly ascii: boolean },
): Line {
  const isAll = older.kind === 'end' && filter === ''
  const words = full
    ? `${counted(held, 'alert')} held, older ones were let go ${glyphs.dot} iops recent has them`
    : mode.kind === 'filter' && !isAll
      ? `found in what is here ${glyphs.dot} ${keyName('return', ascii)} asks for older ones`
      : older.kind === 'end'
        ? 'no older alerts'
        : older.kind === 'failed'
          ? `no older alerts ${glyphs.dot} r tries again ${glyphs.dot} ${sanitize(older.reason)}`
          : 'loading older alerts'
  return ruleLine(words, columns.width, glyphs, older.kind === 'failed' ? 'warning' : 'faint')
}

function emptyLines(
  state: ViewState,
  figures: Figures,
  width: number,
  glyphs: Glyphs,
  greeting: string | undefined,
): Line[] {
  const { feed, now, older } = state
  const beat = feed.lastBeatAt === undefined ? '' : `, beat ${longAge(now - feed.lastBeatAt)} ago`
  const words =
    figures.held > 0
      ? `no alert matches; ${counted(figures.held, 'alert')} hidden by the filter`
      : feed.status !== 'live'
        ? 'no alerts yet: waiting for the server'
        : older.kind === 'end' || older.kind === 'failed'
          ? `no alerts${beat}`
          : 'loading alerts'
  const lines = [words, ...(greeting === undefined ? [] : [greeting])]
  return [
    { spans: [] },
    ...lines.map((text) => ({ spans: fitSpans([span(`   ${text}`, 'faint')], width, glyphs.ellipsis) })),
  ]
}

function detailPane(
  row: AlertRow,
  state: ViewState,
  { glyphs, ascii }: ViewContext,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly pane: Pane; readonly scroll: number } {
  const { mode } = state
  const isOpen = mode.kind === 'detail'
  const margin = isWide(state) ? '  ' : ' '
  const { lines, scroll } = scrolled(detailLines(row, state, width - margin.length - 1, glyphs), {
    scroll: isOpen ? mode.scroll : 0,
    height,
    key: keyName(isOpen ? 'pageDown' : 'return', ascii),
    glyphs,
  })
  const fitted = lines.map((line) => ({
    ...line,
    spans: fitSpans([span(margin), ...line.spans], width, glyphs.ellipsis),
  }))
  return { pane: { key: 'detail', width, lines: fitted }, scroll }
}

function tooSmall({ columns, rows }: ViewState, { times }: Glyphs): View {
  const words = `iops needs ${leastColumns}${times}${leastRows}, this is ${columns}${times}${rows}`
  const lines = wrap(words, Math.max(1, columns))
    .slice(0, rows)
    .map((text): Line => ({ spans: [span(text)] }))
  return {
    columns,
    rows,
    top: lines.slice(0, -1),
    panes: [],
    foot: lines.at(-1) ?? { spans: [] },
    scroll: 0,
    wantsOlder: false,
  }
}
