import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../../src/text/width.ts'
import { AlertList } from '../../../src/ui/components/alert-list.tsx'
import { AlertRow } from '../../../src/ui/components/alert-row.tsx'
import { GapRow } from '../../../src/ui/components/gap-row.tsx'
import { columnsFor } from '../../../src/ui/model/list/columns.ts'
import type { AlertRowView, ListView } from '../../../src/ui/model/view/list-view.ts'
import { boardOfThree } from '../../helpers/dashboard.tsx'
import { renderComponent } from '../../helpers/render-component.tsx'

const columnsOf = (width: number) => columnsFor(width, { clock: false, fold: true, severityWidth: 1 })

const listAt = (columns: number): ListView => {
  const { body } = boardOfThree({ columns }).view
  if (body.kind !== 'list') throw new Error('no list')
  return body.list
}

const rowAt = (columns: number): AlertRowView => {
  const row = listAt(columns).rows.find(({ kind, key }) => kind === 'alert' && key.includes('cust_1'))
  if (row?.kind !== 'alert') throw new Error('no row')
  return row
}

describe.each([40, 60, 80, 100])('at %i columns', (columns) => {
  test('each row is one line that fits, with risk, severity and entity', () => {
    const { lines } = renderComponent(<AlertList list={listAt(columns)} />, { columns })
    expect(lines().length).toBeGreaterThanOrEqual(4)
    for (const line of lines()) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
    expect(lines().join('\n')).toMatch(/97 ‼ crit .*cust_1/)
  })

  test('a cut of the link fills the line', () => {
    const text = 'link down 14:21:40–14:21:52 · 37 replayed · 0 lost'
    const { lines } = renderComponent(<GapRow text={text} isLoss={false} width={columns} isStale={false} />, {
      columns,
    })
    expect(lines()).toHaveLength(1)
    expect(lines()[0]).toMatch(/^ ── link down 14:21:40–14:21:52/)
    expect(displayWidth(lines()[0] ?? '')).toBe(columns - 1)
  })
})

const drawn = (change: Partial<AlertRowView>, isStale = false) => {
  const { row, status, when, isMarked, isSelected } = { ...rowAt(100), ...change }
  return renderComponent(
    <AlertRow
      row={row}
      status={status}
      when={when}
      isMarked={isMarked}
      isSelected={isSelected}
      columns={columnsOf(100)}
      isStale={isStale}
    />,
    { columns: 100 },
  )
}

describe('a row', () => {
  test('is marked where keys mean it', () => {
    expect(drawn({ isMarked: true }).lines()[0]).toMatch(/^▌/)
    expect(drawn({ isMarked: false }).lines()[0]).toMatch(/^ {4}97/)
  })

  test('is bold and not dim where it was chosen', () => {
    expect(drawn({ isSelected: true }).styled()).toContain('\x1b[1m')
    expect(drawn({ isSelected: true }).styled()).not.toContain('\x1b[2m')
  })

  test('is dim from end to end where it is too old to trust', () => {
    // oxlint-disable-next-line no-control-regex
    expect(drawn({ isMarked: false }, true).styled()).not.toMatch(/\x1b\[22m[^\x1b\S]*[^\s\x1b]/)
  })

  test('shows the status to come', () => {
    expect(drawn({ status: 'resolved' }).lines()[0]).toContain(' resolved ')
  })
})

test('what stands instead of rows, below the last and at the foot is drawn', () => {
  const list: ListView = {
    ...listAt(60),
    rows: [],
    empty: ['no alerts, beat 2 s ago', 'going on where you left 2 h ago'],
    end: undefined,
    notice: { parts: ['7 new above', 'G for live'], tone: 'accent' },
  }
  const { lines } = renderComponent(<AlertList list={list} />, { columns: 60 })
  expect(lines().slice(1)).toEqual([
    '',
    '   no alerts, beat 2 s ago',
    '   going on where you left 2 h ago',
    ` ── 7 new above · G for live ${'─'.repeat(30)}`,
  ])
})
