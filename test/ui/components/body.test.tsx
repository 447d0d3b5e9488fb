import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../../src/text/width.ts'
import { Dashboard } from '../../../src/ui/components/dashboard.tsx'
import { Detail } from '../../../src/ui/components/detail.tsx'
import { Help } from '../../../src/ui/components/help.tsx'
import { TotalsLine } from '../../../src/ui/components/totals-line.tsx'
import { span } from '../../../src/ui/model/view/line.ts'
import { boardOfThree } from '../../helpers/dashboard.tsx'
import { renderComponent } from '../../helpers/render-component.tsx'

describe.each([40, 60, 80, 100])('at %i columns', (columns) => {
  test('the help has its groups, and says what is below', () => {
    const { body } = boardOfThree({ columns, rows: 24 }).press('?').view
    if (body.kind !== 'help') throw new Error('no help')
    const { lines } = renderComponent(<Help help={body.help} columns={columns} />, { columns })
    expect(lines()).toHaveLength(21)
    expect(lines()[0]).toBe(' Move')
    expect(lines().at(-1)).toMatch(/… \d+ lines more · PgDn/)
    for (const line of lines()) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
  })

  test('the totals have the range and the sort', () => {
    const board = boardOfThree({ columns, filter: 'risk>=50' })
    const { lines } = renderComponent(<TotalsLine totals={board.view.totals} columns={columns} />, {
      columns,
    })
    expect(lines()[0]).toMatch(/^ filter risk>=50/)
    expect(lines()[0]).toContain('1 hidden')
    expect(displayWidth(lines()[0] ?? '')).toBeLessThan(columns)
  })

  test('the whole dashboard has as many lines as the window, and the keys on the last', () => {
    const { view } = boardOfThree({ columns, rows: 24 })
    const { lines } = renderComponent(<Dashboard view={view} />, { columns })
    expect(lines()).toHaveLength(24)
    expect(lines()[0]).toContain('● live')
    expect(lines().at(-1)).toContain('q quit')
  })
})

test('a detail has its margin, cuts what is too wide, and links where a link is', () => {
  const detail = {
    width: 30,
    margin: 2,
    lines: [[span('x'.repeat(40))], [], [{ ...span('runbook', 'accent'), link: 'https://a.example/b' }]],
    more: 12,
    moreKey: 'PgDn',
  }
  const { lines, styled } = renderComponent(<Detail detail={detail} />, { columns: 30 })
  expect(lines()).toEqual([`  ${'x'.repeat(27)}…`, '', '  runbook', '  … 12 lines more · PgDn'])
  expect(styled()).toContain('\x1b]8;;https://a.example/b')
})
