import { isDeepStrictEqual } from 'node:util'
import { memo } from 'react'
import { counted, wholeNumber } from '../../text/format.ts'
import { displayWidth, truncate } from '../../text/width.ts'
import { type KeyContext, keys } from '../input/keys.ts'
import { keyName } from '../model/key-name.ts'
import type { RowAction } from '../model/state.ts'
import type { FootView } from '../model/view/foot-view.ts'
import { type StyledLine, type Span, span } from '../model/view/line.ts'
import { spansWidth } from './text/cells.ts'
import { type Look, useLook } from './look.ts'
import { fitPieces, piece, PieceLine } from './text/piece-line.tsx'
import { Prompt } from './prompt.tsx'
import { StyledText } from './text/styled-text.tsx'

interface FootLineProps {
  readonly foot: FootView
  readonly columns: number
}

/** The last line: what is being typed or asked, else the newest message, else the keys. */
export const FootLine = memo(function FootLine({ foot, columns }: FootLineProps) {
  const look = useLook()
  const { theme } = look
  switch (foot.kind) {
    case 'filter':
      return <FilterPrompt foot={foot} columns={columns} />
    case 'search':
      return (
        <Prompt
          label={[span(' keys: ', 'accent')]}
          editor={foot.editor}
          room={columns - 8}
          after={[span('   type to search, esc goes back', 'faint')]}
          columns={columns}
        />
      )
    case 'confirm':
      return <ConfirmPrompt foot={foot} columns={columns} />
    case 'pin':
      return <StyledText line={pinLine(foot, columns, look)} tones={theme.usual} width={columns} />
    case 'copy':
      return <Choices title="copy as" options={copyOptions} columns={columns} />
    case 'command':
      return <Choices title="" options={commandOptions} columns={columns} />
    case 'toast':
      return <StyledText line={[span(` ${foot.text}`, foot.tone)]} tones={theme.usual} width={columns} />
    case 'keys':
      return <PieceLine left={barPieces('browse', look, foot.isOpen)} columns={columns} gap={2} />
    default:
      return foot satisfies never
  }
}, isDeepStrictEqual)

const copyOptions = ['j JSON', 'm markdown', 'c curl', 'esc cancel']
const commandOptions = ['y copy', 'esc back']

/** The keys most wanted, from the key table. */
function barPieces(context: KeyContext, { ascii }: Look, isOpen = false) {
  return keys
    .filter((key) => key.bar && key.context === context && key.action !== (isOpen ? 'open' : 'back'))
    .sort((a, b) => a.bar![1] - b.bar![1])
    .map((key) => {
      const name = key.action === 'down' ? 'j/k' : keyName(key.keys[0]!, ascii)
      // Whoever finds no way out or no help finds nothing: these stay longest.
      const weight = key.action === 'quit' ? 100 : key.action === 'help' ? 99 : 50 - key.bar![1]
      return piece(weight, span(name, 'strong'), span(` ${key.bar![0]}`, 'faint'))
    })
}

function FilterPrompt({ foot, columns }: { foot: Extract<FootView, { kind: 'filter' }>; columns: number }) {
  const look = useLook()
  const { editor, fault, matching, held } = foot
  const note: Span[] = fault
    ? [span(` at ${fault.position + 1}: ${fault.message}`, 'warning')]
    : [span(` ${wholeNumber(matching)} of ${counted(held, 'alert')}`, 'faint')]
  const hasBar = editor.text === '' && columns >= 60
  const bar = hasBar ? fitPieces(barPieces('filter', look), [], columns - 30, 2).left : []
  return (
    <Prompt
      label={[span(' / ', 'accent')]}
      editor={editor}
      room={Math.max(columns >> 1, columns - 5 - spansWidth(note))}
      fault={fault?.position}
      after={[span('  '), ...note, ...(hasBar ? [span('   '), ...bar] : [])]}
      columns={columns}
    />
  )
}

const wayOut = '   esc cancels'

function ConfirmPrompt({ foot, columns }: { foot: Extract<FootView, { kind: 'confirm' }>; columns: number }) {
  const { count, status, editor } = foot
  const asked = `type ${count} to ${status === 'resolved' ? 'resolve' : 'acknowledge'}`
  const prompt = ` ${asked} ${counted(count, 'alert')}: `
  // Where there is room for less, the number to type, what it does and what is typed stay.
  const room = columns - String(count).length - 1
  return (
    <Prompt
      label={[span(displayWidth(prompt) <= room ? prompt : ` ${asked}: `, 'warning')]}
      editor={editor}
      room={Math.max(8, columns - displayWidth(prompt))}
      after={displayWidth(prompt) + wayOut.length <= room ? [span(wayOut, 'faint')] : []}
      columns={columns}
    />
  )
}

const pinVerbs: Readonly<Record<RowAction, string>> = {
  acknowledge: 'ack',
  resolve: 'resolve',
  copy: 'copy',
  copyAs: 'copy',
  openLink: 'open',
}

/** `ack latency svc_booking? a again, esc`: where there is little room, what is asked and the keys stay. */
function pinLine(
  { action, count, type, entity }: Extract<FootView, { kind: 'pin' }>,
  columns: number,
  { glyphs, ascii }: Look,
): StyledLine {
  const { ellipsis, times } = glyphs
  const asked = ` ${pinVerbs[action]} ${count > 1 ? `${wholeNumber(count)} ${times} ` : ''}`
  const key = keyName(keys.find((one) => one.action === action)!.keys[0]!, ascii)
  const answers = `? ${key} again, esc`
  const room = Math.max(8, columns - displayWidth(asked) - displayWidth(answers))
  const entityRoom = Math.max(4, room - Math.min(displayWidth(type), room >> 1) - 1)
  const shownEntity = truncate(entity, entityRoom, ellipsis)
  const shownType = truncate(type, Math.max(0, room - displayWidth(shownEntity) - 1), ellipsis)
  return [span(asked, 'warning'), span(`${shownType} ${shownEntity}`, 'strong'), span(answers, 'warning')]
}

interface ChoicesProps {
  readonly title: string
  readonly options: readonly string[]
  readonly columns: number
}

/** The last go first where there is no room for all. */
function Choices({ title, options, columns }: ChoicesProps) {
  const pieces = options.map((option, index) => {
    const [key = '', ...words] = option.split(' ')
    return piece(-index, span(key, 'strong'), span(` ${words.join(' ')}`, 'faint'))
  })
  const named = title === '' ? pieces : [piece(1, span(title, 'accent')), ...pieces]
  return <PieceLine left={named} columns={columns} gap={2} />
}
