import { describe, expect, test } from 'vitest'
import { Header } from '../../../src/ui/components/header.tsx'
import type { HeaderView } from '../../../src/ui/model/view/header-view.ts'
import { displayWidth } from '../../../src/text/width.ts'
import { renderComponent } from '../../helpers/render-component.tsx'

const live: HeaderView = {
  link: { kind: 'live' },
  url: 'http://ops:4677',
  frozen: undefined,
  lag: { text: '0.4s', isHigh: false },
  beat: '2s',
  overdue: undefined,
  perMinute: '12',
  data: undefined,
  reason: undefined,
  counts: { total: 218, critical: 3, warning: 11, info: 204 },
}
const down: HeaderView = {
  ...live,
  lag: undefined,
  beat: undefined,
  perMinute: undefined,
  data: { age: '41s' },
  reason: { text: 'connection refused (ECONNREFUSED)', short: 'ECONNREFUSED' },
}

const drawn = (header: HeaderView, columns: number, ascii = false) =>
  renderComponent(<Header header={header} columns={columns} />, { columns, ascii })

test.each([
  [60, ' ● live  lag 0.4s  beat 2s   12/min '],
  [80, ' iops  ● live  http://ops:4677  lag 0.4s  beat 2s   12/min '],
  [100, ' iops   ● live   http://ops:4677   lag 0.4s   beat 2s    12/min '],
])('at %i columns the most important fits', (columns, start) => {
  const [line = ''] = drawn(live, columns).lines()
  expect(line.slice(0, start.length)).toBe(start)
  expect(line).toMatch(/‼ 3 {2}! 11 {2}· 204$/)
  expect(displayWidth(line)).toBe(columns - 1)
})

describe.each([40, 60, 80, 100])('at %i columns', (columns) => {
  test.each([
    ['live', live, '● live'],
    ['silent', { ...live, link: { kind: 'silent' }, overdue: { sign: 'beat', text: '41s' } }, '○ silent'],
    [
      'catching up',
      { ...live, link: { kind: 'catchingUp', received: '12k', behind: '34 s' }, lag: undefined },
      '⇣ catching up 12k',
    ],
    ['connecting', { ...down, link: { kind: 'connecting', attempt: undefined } }, '○ connecting'],
    ['retrying', { ...down, link: { kind: 'retrying', attempt: '3rd', wait: '4s' } }, '↻ retry in 4s'],
    ['stopped', { ...down, link: { kind: 'stopped' } }, '■ stopped'],
  ] as const)('%s is said, on one line that fits', (_, header, word) => {
    const lines = drawn(header, columns).lines()
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain(word)
    expect(displayWidth(lines[0] ?? '')).toBeLessThan(columns)
  })

  test('in ASCII it is ASCII', () => {
    const header: HeaderView = { ...down, link: { kind: 'retrying', attempt: '3rd', wait: '4s' } }
    expect(drawn(header, columns, true).lines()[0]).toMatch(/^[\x20-\x7e]+$/)
  })
})

test('only what has changed is rendered again', () => {
  const header = drawn(live, 80)
  const before = header.styled()
  header.rerender(<Header header={{ ...live, counts: { ...live.counts } }} columns={80} />)
  expect(header.styled()).toBe(before)
  header.rerender(<Header header={{ ...live, perMinute: '13' }} columns={80} />)
  expect(header.lines()[0]).toContain('13/min')
})
