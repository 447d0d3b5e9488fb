import type { Status } from '../../protocol/status.ts'
import { counted, wholeNumber } from '../../text/format.ts'
import type { Glyphs } from '../../text/glyphs.ts'
import { type KeyContext, keyName, keys } from '../input/keys.ts'
import { sanitize } from '../../text/sanitize.ts'
import { displayWidth, truncate } from '../../text/width.ts'
import { fitSpans, layOut, piece, spansWidth } from './cells.ts'
import type { Figures } from './data.ts'
import type { LineEditor } from './line-editor.ts'
import { type Line, type Span, span } from './line.ts'
import { promptSpans } from './prompt.ts'
import type { RowAction, ViewState } from './state.ts'
import { statusJobs } from './status-change.ts'
import { isWide } from './list/viewport.ts'

interface FootContext {
  readonly glyphs: Glyphs
  readonly figures: Figures
  readonly ascii: boolean
}

/** The last line: what is being typed, else the newest words, else the keys. */
export function footLine(state: ViewState, context: FootContext): Line {
  const { mode, toast, now } = state
  if (mode.kind === 'filter') return filterLine(mode.editor, state, context)
  if (mode.kind === 'confirm') return confirmLine(mode, state, context)
  if (mode.kind === 'pin') return pinLine(mode, state, context)
  if (mode.kind === 'copy')
    return choices('copy as', ['j JSON', 'm markdown', 'c curl', 'esc cancel'], state, context)
  if (mode.kind === 'command') return choices('', ['y copy', 'esc back'], state, context)
  if (mode.kind === 'help') return searchLine(mode.search, state, context)
  if (toast && toast.until > now)
    return {
      spans: fitSpans([span(` ${sanitize(toast.text)}`, toast.tone)], state.columns, context.glyphs.ellipsis),
    }
  const isOpen = mode.kind === 'detail' || (state.beside && isWide(state))
  return helpBar(state.columns, 'browse', context, isOpen)
}

/** The keys most wanted, from the key table, as many as fit. */
function helpBar(
  columns: number,
  context: KeyContext,
  { glyphs, ascii }: Pick<FootContext, 'glyphs' | 'ascii'>,
  isOpen = false,
): Line {
  const shown = keys
    .filter((key) => key.bar && key.context === context && key.action !== (isOpen ? 'open' : 'back'))
    .sort((a, b) => a.bar![1] - b.bar![1])
    .map((key) => {
      const name = key.action === 'down' ? 'j/k' : keyName(key.keys[0]!, ascii)
      // Whoever finds no way out or no help finds nothing: these stay longest.
      const weight = key.action === 'quit' ? 100 : key.action === 'help' ? 99 : 50 - key.bar![1]
      return piece(weight, span(name, 'strong'), span(` ${key.bar![0]}`, 'faint'))
    })
  return layOut(shown, [], { columns, gap: 2, ellipsis: glyphs.ellipsis })
}

function filterLine(editor: LineEditor, state: ViewState, context: FootContext): Line {
  const { figures, glyphs } = context
  const { columns } = state
  const note: Span[] = figures.fault
    ? [span(` at ${figures.fault.position + 1}: ${figures.fault.message}`, 'warning')]
    : [span(` ${wholeNumber(figures.matching)} of ${counted(figures.held, 'alert')}`, 'faint')]
  const room = Math.max(columns >> 1, columns - 5 - spansWidth(note))
  const typed = promptSpans(editor, { room, ellipsis: glyphs.ellipsis, fault: figures.fault?.position })
  const spans = [span(' / ', 'accent'), ...typed, span('  '), ...note]
  if (editor.text !== '' || columns < 60) return { spans: fitSpans(spans, columns, glyphs.ellipsis) }
  const bar = helpBar(columns - 30, 'filter', context)
  return { spans: fitSpans([...spans, span('  '), ...bar.spans], columns, glyphs.ellipsis) }
}

function searchLine(search: LineEditor, { columns }: ViewState, { glyphs }: FootContext): Line {
  const { ellipsis } = glyphs
  const typed = promptSpans(search, { room: columns - 8, ellipsis })
  const words = span('   type to search, esc goes back', 'faint')
  return { spans: fitSpans([span(' keys: ', 'accent'), ...typed, words], columns, ellipsis) }
}

function confirmLine(
  { jobs, status, typed }: Extract<ViewState['mode'], { kind: 'confirm' }>,
  { columns }: ViewState,
  { glyphs }: FootContext,
): Line {
  const asked = `type ${jobs.length} to ${status === 'resolved' ? 'resolve' : 'acknowledge'}`
  const prompt = ` ${asked} ${counted(jobs.length, 'alert')}: `
  // Where there is room for less, the number to type, what it does and what is typed stay.
  const room = columns - String(jobs.length).length - 1
  return {
    spans: fitSpans(
      [
        span(displayWidth(prompt) <= room ? prompt : ` ${asked}: `, 'warning'),
        ...promptSpans(typed, {
          room: Math.max(8, columns - displayWidth(prompt)),
          ellipsis: glyphs.ellipsis,
        }),
        ...(displayWidth(prompt) + wayOut.length <= room ? [span(wayOut, 'faint')] : []),
      ],
      columns,
      glyphs.ellipsis,
    ),
  }
}

const pinWords: Readonly<Record<RowAction, string>> = {
  acknowledge: 'ack',
  resolve: 'resolve',
  copy: 'copy',
  copyAs: 'copy',
  openLink: 'open',
}

const pinnedStatus: Readonly<Partial<Record<RowAction, Status>>> = {
  acknowledge: 'acknowledged',
  resolve: 'resolved',
}

/** `ack latency svc_booking? a again, esc`: where there is little room, what is asked and the keys stay. */
function pinLine(
  { action, row }: Extract<ViewState['mode'], { kind: 'pin' }>,
  state: ViewState,
  { glyphs, ascii }: FootContext,
): Line {
  const { columns } = state
  const { ellipsis, times } = glyphs
  const { prediction_type, entity_id } = row.alert.insight
  const status = pinnedStatus[action]
  const count = status === undefined ? 1 : statusJobs(state, row, status).length
  const asked = ` ${pinWords[action]} ${count > 1 ? `${wholeNumber(count)} ${times} ` : ''}`
  const key = keyName(keys.find((one) => one.action === action)!.keys[0]!, ascii)
  const answers = `? ${key} again, esc`
  const room = Math.max(8, columns - displayWidth(asked) - displayWidth(answers))
  const type = sanitize(prediction_type)
  const entity = truncate(
    sanitize(entity_id),
    Math.max(4, room - Math.min(displayWidth(type), room >> 1) - 1),
    ellipsis,
  )
  const named = `${truncate(type, Math.max(0, room - displayWidth(entity) - 1), ellipsis)} ${entity}`
  return {
    spans: fitSpans(
      [span(asked, 'warning'), span(named, 'strong'), span(answers, 'warning')],
      columns,
      ellipsis,
    ),
  }
}

const wayOut = '   esc cancels'

/** The last go first where there is no room for all. */
function choices(
  title: string,
  options: readonly string[],
  { columns }: ViewState,
  { glyphs }: FootContext,
): Line {
  const pieces = options.map((option, index) => {
    const [key = '', ...words] = option.split(' ')
    return piece(-index, span(key, 'strong'), span(` ${words.join(' ')}`, 'faint'))
  })
  const named = title === '' ? pieces : [piece(1, span(title, 'accent')), ...pieces]
  return layOut(named, [], { columns, gap: 2, ellipsis: glyphs.ellipsis })
}
