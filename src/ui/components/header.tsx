import { memo } from 'react'
import { isDeepStrictEqual } from 'node:util'
import { shortNumber } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { truncate } from '../../text/width.ts'
import type { HeaderView, LinkView } from '../model/view/header-view.ts'
import { span } from '../model/view/line.ts'
import { useLook } from './look.ts'
import { type Piece, piece, PieceLine } from './text/piece-line.tsx'

/** From `0s` to `20s`, and from `3m` to `0.4s`: what stands beside them neither moves nor goes with each beat and event. */
const beatWidth = 3
const lagWidth = 4
/** Below so many columns a link that is down leaves room for little else. */
const narrow = 60

interface HeaderProps {
  readonly header: HeaderView
  readonly columns: number
}

/** The first line: how the link stands, how old what is shown is, and how bad things are. */
export const Header = memo(function Header({ header, columns }: HeaderProps) {
  const { glyphs } = useLook()
  const left = [
    piece(2, span('iops', 'strong')),
    linkPiece(header.link, columns, glyphs),
    ...statePieces(header, columns, glyphs),
  ]
  const right = [countsPiece(header, columns, glyphs)]
  return <PieceLine left={left} right={right} columns={columns} gap={columns >= 100 ? 3 : 2} />
}, isDeepStrictEqual)

/** `● live`, `⇣ catching up 12k · 34 s behind`, `↻ retry in 4s (3rd)`, … */
function linkPiece(link: LinkView, columns: number, glyphs: Glyphs): Piece {
  const nth = (attempt: string | undefined) =>
    attempt !== undefined && columns >= narrow ? ` (${attempt})` : ''
  switch (link.kind) {
    case 'live':
      return piece(10, span(`${glyphs.live} live`, 'good'))
    case 'silent':
      return piece(10, span(`${glyphs.waiting} silent`, 'warning'))
    case 'catchingUp': {
      const count = link.received === undefined ? '' : ` ${link.received}`
      const short = span(`${glyphs.catchingUp} catching up${count}`, 'accent')
      if (link.behind === undefined) return piece(10, short)
      const whole = [short, span(` ${glyphs.dot} ${link.behind} behind`, 'accent')]
      return { weight: 10, spans: whole, short: columns < narrow ? [short] : whole }
    }
    case 'connecting':
      return piece(10, span(`${glyphs.waiting} connecting${nth(link.attempt)}`, 'accent'))
    case 'retrying':
      return piece(10, span(`${glyphs.retry} retry in ${link.wait}${nth(link.attempt)}`, 'warning'))
    case 'stopped':
      return piece(10, span(`${glyphs.stopped} stopped`, 'warning'))
    default:
      return link satisfies never
  }
}

function statePieces(header: HeaderView, columns: number, glyphs: Glyphs): Piece[] {
  const { link, url, frozen, lag, beat, overdue, perMinute, data, reason } = header
  const pieces: Piece[] = []
  if (frozen !== undefined) pieces.push(piece(9, span(`${glyphs.frozen} frozen +${frozen}`, 'accent')))
  pieces.push(urlPiece(url, columns, glyphs))
  if (lag)
    pieces.push(
      piece(4, span('lag ', 'faint'), span(lag.text.padEnd(lagWidth), lag.isHigh ? 'warning' : 'plain')),
    )
  if (overdue) pieces.push(piece(8, span(`no ${overdue.sign} for ${overdue.text}`, 'warning')))
  if (beat !== undefined) pieces.push(piece(6, span('beat ', 'faint'), span(beat.padEnd(beatWidth))))
  if (perMinute !== undefined) pieces.push(piece(5, span(perMinute), span('/min', 'faint')))
  // How old all of it is says more than the counts, which are as old.
  if (data)
    pieces.push(
      data.age === undefined
        ? piece(9.5, span('no data yet', 'faint'))
        : piece(9.5, span(`data ${data.age} old`)),
    )
  if (reason) {
    const shown = (text: string) => [
      span(truncate(text, Math.max(16, columns - 60), glyphs.ellipsis), 'warning'),
    ]
    const weight = link.kind === 'stopped' ? 9.8 : 7
    pieces.push({ weight, spans: shown(reason.text), short: shown(reason.short) })
  }
  if (link.kind === 'retrying') pieces.push(piece(1, span('r now', 'faint')))
  if (link.kind === 'stopped') pieces.push(piece(1, span('r again', 'faint')))
  return pieces
}

/** Where there is little room, the address goes without its scheme. */
function urlPiece(url: string, columns: number, glyphs: Glyphs): Piece {
  const shown = (text: string) => [
    span(truncate(text, Math.max(12, Math.floor(columns / 3)), glyphs.ellipsis), 'faint'),
  ]
  return { weight: 3, spans: shown(url), short: shown(url.replace(/^https?:\/\//, '')) }
}

function countsPiece({ counts, data }: HeaderView, columns: number, glyphs: Glyphs): Piece {
  const { total, critical, warning, info } = counts
  const number = (count: number | undefined) => (count === undefined ? glyphs.dash : shortNumber(count))
  const worst = span(`${glyphs.severity.critical} ${number(critical)}`, critical ? 'critical' : 'faint')
  if (data && columns < narrow) return piece(9, worst)
  if (total !== undefined && warning === undefined)
    return piece(9, worst, span(`  of ${shortNumber(total)}`, 'faint'))
  return piece(
    9,
    worst,
    span(`  ${glyphs.severity.warning.trim()} ${number(warning)}`, warning ? 'warning' : 'faint'),
    span(`  ${glyphs.severity.info.trim()} ${number(info)}`, 'faint'),
  )
}
