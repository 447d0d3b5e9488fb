import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../../src/text/width.ts'
import { FootLine } from '../../../src/ui/components/foot-line.tsx'
import { editorWith } from '../../../src/ui/model/line-editor.ts'
import type { FootView } from '../../../src/ui/model/view/foot-view.ts'
import { renderComponent } from '../../helpers/render-component.tsx'

const feet: readonly (readonly [string, FootView, RegExp])[] = [
  ['the keys', { kind: 'keys', isOpen: false }, /\? keys {2}q quit/],
  ['a message', { kind: 'toast', text: 'repeats folded', tone: 'plain' }, /^ repeats folded$/],
  [
    'a filter',
    { kind: 'filter', editor: editorWith('risk>=80'), matching: 3, held: 10, fault: undefined },
    /^ \/ risk>=80 +3 of 10/,
  ],
  [
    'a filter with a fault',
    {
      kind: 'filter',
      editor: editorWith('risk>='),
      matching: 3,
      held: 10,
      fault: { message: 'a number is missing', position: 5 },
    },
    /^ \/ risk>= .*at 6: a num/,
  ],
  ['a search', { kind: 'search', editor: editorWith('undo') }, /^ keys: undo/],
  [
    'a number to type',
    { kind: 'confirm', status: 'resolved', count: 41, editor: editorWith('4') },
    /^ type 41 to resolve 41 alerts: 4/,
  ],
  [
    'a pinned row',
    { kind: 'pin', action: 'acknowledge', count: 1, type: 'latency', entity: 'svc_booking' },
    /^ ack latency svc_book.*\? a again, esc$/,
  ],
  ['what to copy', { kind: 'copy' }, /copy as {2}j JSON {2}m markdown/],
  ['the command', { kind: 'command' }, /^ y copy {2}esc back$/],
]

describe.each([40, 60, 80, 100])('at %i columns', (columns) => {
  test.each(feet)('%s fits on the line', (_, foot, text) => {
    const { lines } = renderComponent(<FootLine foot={foot} columns={columns} />, { columns })
    expect(lines()).toHaveLength(1)
    expect(lines()[0]).toMatch(text)
    expect(displayWidth(lines()[0] ?? '')).toBeLessThanOrEqual(columns)
  })
})

test('a block stands where the cursor is', () => {
  const editor = { text: 'risk', cursor: 2 }
  const { styled } = renderComponent(<FootLine foot={{ kind: 'search', editor }} columns={80} />, {
    columns: 80,
  })
  expect(styled()).toContain('ri\x1b[7ms\x1b[27mk')
})
