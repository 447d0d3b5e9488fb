import { ageText, counted, longAge, momentText, shortMoment, wholeNumber } from '../../../text/format.ts'
import type { Glyphs } from '../../../text/glyphs.ts'
import { sanitize } from '../../../text/sanitize.ts'
import { unknownText } from '../../../text/words.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import type { Data, Figures } from '../data.ts'
import { keyName } from '../key-name.ts'
import { type Columns, columnsFor } from '../list/columns.ts'
import type { AlertItem, GapItem } from '../list/row.ts'
import { hasNotice, viewportOf } from '../list/viewport.ts'
import { isStale } from '../overdue.ts'
import { serverNow } from '../server-now.ts'
import type { ViewState } from '../state.ts'

/** A row of alerts. Its properties stay the same while it looks the same. */
export interface AlertRowView {
  readonly kind: 'alert'
  readonly key: string
  readonly row: AlertItem
  /** The one to show, which the server may not have agreed to yet. */
  readonly status: Insight['status']
  /** Its age or time. */
  readonly when: string
  /** Whether keys mean this row, and whether somebody chose it. */
  readonly isMarked: boolean
  readonly isSelected: boolean
}

/** `link down 14:21:40–14:21:52 · 37 replayed · 0 lost` */
interface GapRowView {
  readonly kind: 'gap'
  readonly key: string
  readonly parts: readonly string[]
  readonly isLoss: boolean
}

/** Said on a rule across the list. */
export interface RuleView {
  readonly parts: readonly string[]
  readonly tone: 'faint' | 'accent' | 'warning'
}

export interface ListView {
  readonly columns: Columns
  readonly timeHead: 'AGE' | 'TIME' | 'UTC'
  /** What is shown may be out of date. */
  readonly isStale: boolean
  readonly rows: readonly (AlertRowView | GapRowView)[]
  /** What stands instead of rows. */
  readonly empty: readonly string[]
  /** What stands below the last row. */
  readonly end: RuleView | undefined
  /** That the list stands still, at its foot. */
  readonly notice: RuleView | undefined
}

interface ListContext {
  readonly glyphs: Glyphs
  readonly ascii: boolean
  readonly greeting: string | undefined
}

export function listView(
  state: ViewState,
  { rows, figures }: Data,
  width: number,
  { glyphs, ascii, greeting }: ListContext,
): ListView {
  const clock = state.time === 'clock'
  const { fold } = state
  const columns = columnsFor(width, { clock, fold, severityWidth: glyphs.severityWidth })
  const { top, height } = viewportOf(state)
  const visible = rows.slice(top, height)
  return {
    columns,
    timeHead: clock ? (state.utc ? 'UTC' : 'TIME') : 'AGE',
    isStale: isStale(state),
    rows: visible.map((row) =>
      row.kind === 'gap' ? gapView(row, state, glyphs) : alertView(row, state, columns),
    ),
    empty: rows.size === 0 ? emptyText(state, figures, greeting) : [],
    end: rows.size > 0 && visible.length < height ? endView(state, figures, ascii) : undefined,
    notice: hasNotice(state) ? noticeView(state, rows.size, width) : undefined,
  }
}

function alertView(row: AlertItem, state: ViewState, columns: Columns): AlertRowView {
  const { insight, time, id } = row.alert
  const now = serverNow(state)
  const isMarked = row.key === state.selected
  const when =
    typeof insight.timestamp !== 'string'
      ? unknownText
      : state.time === 'clock'
        ? shortMoment(time, now, state.utc, columns.age)
        : ageText(now - time)
  return {
    kind: 'alert',
    key: row.key,
    row,
    status: state.pending.get(id) ?? insight.status,
    when,
    isMarked,
    // Live, nobody chose the row: it has the mark, because keys mean it, and no more.
    isSelected: isMarked && !state.follow,
  }
}

function gapView(row: GapItem, { now, utc }: ViewState, { dash }: Glyphs): GapRowView {
  const { downAt, upAt } = row
  const down = `link down ${momentText(downAt, now, utc)}${dash}${momentText(upAt, now, utc)}`
  return {
    kind: 'gap',
    key: row.key,
    parts: [down, ...outcomeOf(row)],
    isLoss: row.gap !== undefined && row.unrecovered !== 0,
  }
}

function outcomeOf({ gap, replayed, recovered = 0, unrecovered }: GapItem): string[] {
  if (gap === undefined) return [`${replayed} replayed`, '0 lost']
  const found = recovered > 0 || unrecovered !== undefined ? [`${recovered} recovered`] : []
  if (unrecovered === 0) return found
  if (unrecovered !== undefined) return [...found, `${unrecovered} lost: ${gapText(gap)}`]
  return [...found, `some may be missing: ${gapText(gap)}`]
}

function gapText(gap: string): string {
  switch (gap) {
    case 'expired':
      return 'the server forgot them'
    case 'foreign':
      return 'it has another log now'
    case 'ahead':
      return 'it lost its newest'
    case 'no-ids':
      return 'it cannot replay'
    default:
      return sanitize(gap)
  }
}

function noticeView(state: ViewState, size: number, width: number): RuleView {
  if (state.frozen) {
    const waiting =
      width < 60 ? `+${wholeNumber(state.waiting)}` : `${counted(state.waiting, 'event')} waiting`
    return { parts: ['frozen', waiting, 'space goes on'], tone: 'accent' }
  }
  if (state.newAbove > 0)
    return { parts: [`${wholeNumber(state.newAbove)} new above`, 'G for live'], tone: 'accent' }
  const place = `${wholeNumber(state.selectedRank + 1)} of ${wholeNumber(size)}`
  return { parts: size === 0 ? ['G for live'] : [place, 'G for live'], tone: 'faint' }
}

function endView({ older, mode, filter }: ViewState, { full, held }: Figures, ascii: boolean): RuleView {
  const isAll = older.kind === 'end' && filter === ''
  if (full)
    return {
      parts: [`${counted(held, 'alert')} held, older ones were let go`, 'iops recent has them'],
      tone: older.kind === 'failed' ? 'warning' : 'faint',
    }
  if (mode.kind === 'filter' && !isAll)
    return {
      parts: ['found in what is here', `${keyName('return', ascii)} asks for older ones`],
      tone: older.kind === 'failed' ? 'warning' : 'faint',
    }
  switch (older.kind) {
    case 'end':
      return { parts: ['no older alerts'], tone: 'faint' }
    case 'failed':
      return { parts: ['no older alerts', 'r tries again', sanitize(older.reason)], tone: 'warning' }
    case 'more':
    case 'loading':
      return { parts: ['loading older alerts'], tone: 'faint' }
    default:
      return older satisfies never
  }
}

function emptyText(
  { feed, now, older }: ViewState,
  { held }: Figures,
  greeting: string | undefined,
): readonly string[] {
  const beat = feed.lastBeatAt === undefined ? '' : `, beat ${longAge(now - feed.lastBeatAt)} ago`
  const message =
    held > 0
      ? `no alert matches; ${counted(held, 'alert')} hidden by the filter`
      : feed.status !== 'live'
        ? 'no alerts yet: waiting for the server'
        : older.kind === 'end' || older.kind === 'failed'
          ? `no alerts${beat}`
          : 'loading alerts'
  return greeting === undefined ? [message] : [message, greeting]
}
