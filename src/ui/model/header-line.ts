import { lagText, longAge, ordinal, shortAge, shortNumber } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { sanitize } from '../../text/sanitize.ts'
import { truncate } from '../../text/width.ts'
import { layOut, piece, type Piece } from './cells.ts'
import type { Figures } from './data.ts'
import { type Line, span } from './line.ts'
import { overdueMs } from './stale.ts'
import { serverNow } from './detail-view.ts'
import type { ViewState } from './state.ts'

/** The age of a beat that is not late is told in steps, in milliseconds: half the frames of a quiet night. */
const beatStep = 2000
/** From `0s` to `20s`, and from `3m` to `0.4s`: what stands beside them neither moves nor goes with each beat and event. */
const beatWidth = 3
const lagWidth = 4
/** Below so many columns a link that is down leaves room for little else. */
const narrow = 60

interface HeaderContext {
  readonly url: string
  readonly glyphs: Glyphs
  readonly figures: Figures
}

/** The first line: how the link stands, how old what is shown is, and how bad things are. */
export function headerLine(state: ViewState, context: HeaderContext): Line {
  const { glyphs } = context
  const link = state.feed.status === 'live' ? livePieces(state, context) : downPieces(state, context)
  return layOut([piece(2, span('iops', 'strong')), ...link], [countsPiece(state, glyphs)], {
    columns: state.columns,
    gap: state.columns >= 100 ? 3 : 2,
    ellipsis: glyphs.ellipsis,
  })
}

function livePieces(state: ViewState, { url, glyphs, figures }: HeaderContext): Piece[] {
  const { now, feed } = state
  const overdue = overdueMs(state)
  const pieces = [linkPiece(state, glyphs)]
  if (state.frozen)
    pieces.push(piece(9, span(`${glyphs.frozen} frozen +${shortNumber(state.waiting)}`, 'accent')))
  pieces.push(urlPiece(url, state, glyphs))
  if (feed.catchUp) {
    if (overdue !== undefined) pieces.push(piece(8, span(`no byte for ${shortAge(overdue)}`, 'warning')))
    return pieces
  }
  // While nothing flows the last lag says nothing.
  if (feed.lagMs !== undefined && figures.perMinute > 0)
    pieces.push(
      piece(
        4,
        span('lag ', 'faint'),
        span(lagText(feed.lagMs).padEnd(lagWidth), feed.lagMs > 10_000 ? 'warning' : 'plain'),
      ),
    )
  if (overdue !== undefined) pieces.push(piece(8, span(`no beat for ${shortAge(overdue)}`, 'warning')))
  else if (feed.lastBeatAt !== undefined) {
    const quiet = now - feed.lastBeatAt
    const age = shortAge(quiet - (quiet % beatStep)).padEnd(beatWidth)
    pieces.push(piece(6, span('beat ', 'faint'), span(age)))
  }
  pieces.push(piece(5, span(shortNumber(figures.perMinute)), span('/min', 'faint')))
  return pieces
}

/** `● live`, but only while the server's word for it is fresh; `⇣ catching up 12k · 34 s behind` before its first beat. */
function linkPiece(state: ViewState, glyphs: Glyphs): Piece {
  const { feed, now } = state
  if (!feed.catchUp)
    return overdueMs(state) === undefined
      ? piece(10, span(`${glyphs.live} live`, 'good'))
      : piece(10, span(`${glyphs.waiting} silent`, 'warning'))
  const { received, reached } = feed.catchUp
  const count = received > 0 ? ` ${shortNumber(received)}` : ''
  const short = span(`${glyphs.catchingUp} catching up${count}`, 'accent')
  if (reached === undefined) return piece(10, short)
  const behind = span(` ${glyphs.dot} ${longAge(serverNow({ now, feed }) - reached)} behind`, 'accent')
  return { weight: 10, spans: [short, behind], short: state.columns < narrow ? [short] : [short, behind] }
}

function downPieces(state: ViewState, { url, glyphs }: HeaderContext): Piece[] {
  const { feed, now } = state
  const reason = feed.reason === undefined ? '' : sanitize(feed.reason.slice(0, 200))
  const age = feed.lastByteAt === undefined ? 'no data yet' : `data ${shortAge(now - feed.lastByteAt)} old`
  const pieces = [
    piece(10, span(linkWords(state, glyphs), feed.status === 'connecting' ? 'accent' : 'warning')),
    urlPiece(url, state, glyphs),
    // How old all of it is says more than the counts, which are as old.
    piece(9.5, span(age, feed.lastByteAt === undefined ? 'faint' : 'plain')),
  ]
  if (reason !== '') {
    const shown = (text: string) => [
      span(truncate(text, Math.max(16, state.columns - 60), glyphs.ellipsis), 'warning'),
    ]
    // Of `connection refused (ECONNREFUSED)` the system's code says it all; other codes say less than the words.
    const [, words = reason, code = ''] = /^(.+) \((\w+)\)$/.exec(reason) ?? []
    pieces.push({
      weight: feed.status === 'stopped' ? 9.8 : 7,
      spans: shown(reason),
      short: shown(/^E[A-Z]+$/.test(code) ? code : words),
    })
  }
  if (feed.status === 'retrying') pieces.push(piece(1, span('r now', 'faint')))
  if (feed.status === 'stopped') pieces.push(piece(1, span('r again', 'faint')))
  return pieces
}

/** `retry in 4s (3rd)`, `connecting`, `stopped`. */
function linkWords({ feed, now, columns }: ViewState, glyphs: Glyphs): string {
  const attempt = feed.attempt > 0 && columns >= narrow ? ` (${ordinal(feed.attempt)})` : ''
  switch (feed.status) {
    case 'connecting':
      return `${glyphs.waiting} connecting${attempt}`
    case 'live':
      return `${glyphs.live} live`
    case 'retrying': {
      const wait = Math.max(0, Math.ceil(((feed.nextTryAt ?? now) - now) / 1000))
      return `${glyphs.retry} retry in ${wait}s${attempt}`
    }
    case 'stopped':
      return `${glyphs.stopped} stopped`
  }
}

/** Where there is little room, the address goes without its scheme. */
function urlPiece(url: string, { columns }: ViewState, glyphs: Glyphs): Piece {
  const shown = (text: string) => [
    span(truncate(sanitize(text), Math.max(12, Math.floor(columns / 3)), glyphs.ellipsis), 'faint'),
  ]
  return { weight: 3, spans: shown(url), short: shown(url.replace(/^https?:\/\//, '')) }
}

/** The server's totals by severity; an older server knows the critical ones and the sum. */
function countsPiece({ totals, feed, columns }: ViewState, glyphs: Glyphs): Piece {
  const value = totals?.value
  const number = (count: number | undefined) => (count === undefined ? glyphs.dash : shortNumber(count))
  const critical = span(
    `${glyphs.severity.critical} ${number(value?.critical)}`,
    value?.critical ? 'critical' : 'faint',
  )
  if (feed.status !== 'live' && columns < narrow) return piece(9, critical)
  if (value && value.warning === undefined)
    return piece(9, critical, span(`  of ${shortNumber(value.total)}`, 'faint'))
  return piece(
    9,
    critical,
    span(
      `  ${glyphs.severity.warning.trim()} ${number(value?.warning)}`,
      value?.warning ? 'warning' : 'faint',
    ),
    span(`  ${glyphs.severity.info.trim()} ${number(value?.info)}`, 'faint'),
  )
}
