import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { displayWidth } from '../../../src/text/width.ts'
import { TestDashboard } from '../../helpers/dashboard.tsx'
import { insight } from '../../helpers/insights.ts'

const risks = [10, 85, 20, 65, 30, 99, 40]

const board = () =>
  new TestDashboard().live().bring(
    ...risks.map((risk_score, index) =>
      insight({
        alert_id: `a${index}`,
        entity_id: `e${index}`,
        risk_score,
        timestamp: new Date(index * 1000).toISOString(),
      }),
    ),
  )

const entities = ({ list }: TestDashboard) => list.flatMap((line) => /\be\d\b/.exec(line)?.[0] ?? [])

test('the rows follow the filter while it is typed', () => {
  const typing = board().press('/').type('risk>=8')
  expect(typing.foot).toContain('/ risk>=8')
  expect(typing.foot).toContain('7 of 7 alerts')
  typing.type('0')
  expect(entities(typing)).toEqual(['e5', 'e1'])
  expect(typing.foot).toContain('2 of 7 alerts')
})

test.each([
  ['', 'severity', 7],
  ['risk>=80 ', 'severity', 2],
  ['', 'label.team', 7],
])('after "%s" the rows stay while %s is typed, the name of a field', (before, name, count) => {
  const typing = board().press('/').type(before)
  for (const letter of name) expect(entities(typing.type(letter))).toHaveLength(count)
})

test.each(['sevx', 'Sev', '"sev"', 'x-sev', 'xyz'])(
  '%s is no beginning of a field: nothing matches',
  (word) => {
    expect(entities(board().press('/').type(word))).toEqual([])
  },
)

test('the beginning of a field that is found as a word is looked for, and enter takes it as a word', () => {
  const found = board().bring(insight({ alert_id: 'b', explanation: 'sev 1 outage' }))
  expect(found.press('/').type('sev').foot).toContain('1 of 8 alerts')
  const taken = board().press('/').type('sev').press('return')
  expect(taken.screen).toContain('no alert matches; 7 alerts hidden')
})

test('enter keeps the filter, and the hidden are counted', () => {
  const filtered = board().press('/').type('risk>=80').press('return')
  expect(filtered.lines[1]).toContain('filter risk>=80')
  expect(filtered.lines[1]).toContain('5 hidden')
  expect(entities(filtered)).toEqual(['e5', 'e1'])
})

test('esc leaves the rows as they were before', () => {
  const back = board().press('/').type('risk>=80').press('escape')
  expect(entities(back)).toHaveLength(7)
  expect(back.lines[1]).toContain('all alerts')
})

test.each([['risk>=80'], ['nothing like this'], ['risk<20']])(
  'esc after %s leaves the selection on its alert',
  (typed) => {
    const back = board().press('j', 'j')
    const { selected } = back
    expect(selected).toBe('a4')
    expect(back.press('/').type(typed).press('escape').selected).toBe(selected)
  },
)

test('esc in the list clears the filter, and quits nothing', () => {
  const cleared = board().press('/').type('risk>=80').press('return', 'escape', 'escape', 'escape')
  expect(entities(cleared)).toHaveLength(7)
  expect(cleared.effects).toEqual([])
})

test('a fault is shown with its place, the rows stay, and enter does not take it', () => {
  const wrong = board().press('/').type('sever>=x')
  expect(wrong.foot).toContain('at 1: there is no field "sever"')
  expect(entities(wrong)).toHaveLength(7)
  wrong.press('return')
  expect(wrong.store.state.mode.kind).toBe('filter')
})

test('up and down walk through the history, and back to what was being typed', () => {
  const walking = board()
  for (const filter of ['risk>=80', 'risk>=60']) walking.press('/').type(filter).press('return')
  walking.press('/').type('entity:e').press('up')
  expect(walking.foot).toContain('/ risk>=60')
  expect(walking.press('up').foot).toContain('/ risk>=80')
  expect(walking.press('up').foot).toContain('/ risk>=80')
  expect(walking.press('down', 'down').foot).toContain('/ entity:e')
})

test('tab finds without hiding, and n and N go on from there', () => {
  const finding = board().press('/').type('risk>=80').press('tab')
  expect(entities(finding)).toHaveLength(7)
  expect(finding.selected).toBe('a5')
  expect(finding.press('n').selected).toBe('a1')
  expect(finding.press('n').selected).toBe('a1')
  expect(finding.foot).toContain('no match further down')
  expect(finding.press('N').selected).toBe('a5')
})

test('letters are text while typing: q, a and G do nothing else', () => {
  const typing = board().press('/').type('qaG jk')
  expect(typing.foot).toContain('/ qaG jk')
  expect(typing.effects).toEqual([])
})

test('a paste goes into the filter, on one line; anywhere else it fires no key', () => {
  const pasting = board()
  pasting.store.paste('q\nG\u0003a')
  expect(pasting.effects).toEqual([])
  expect(pasting.foot).toContain('pasted text does nothing here')
  pasting.press('/')
  pasting.store.paste('severity:critical\n')
  expect(pasting.foot).toContain('/ severity:critical')
  expect(entities(pasting)).toEqual(['e5', 'e1'])
})

test.each([
  [['left', 'left', 'X'], 'abXcd'],
  [['^a', 'X'], 'Xabcd'],
  [['^w'], ' '],
  [['^u'], ' '],
  [['left', '^k'], 'abc '],
  [['home', 'delete'], 'bcd'],
  [['backspace'], 'abc '],
])('the line editor: %j makes %j', (chords, text) => {
  expect(
    board()
      .press('/')
      .type('abcd')
      .press(...chords).foot,
  ).toContain(`/ ${text}`)
})

test('of a filter that is longer than the line, the part around the cursor is shown', () => {
  const long = `entity:${Array.from({ length: 40 }, (_, index) => `e${index}`).join(',')}`
  for (const columns of [40, 80, 140]) {
    const typing = new TestDashboard({ columns }).live().press('/').type(long)
    const cursor = () => {
      const foot = typing.drawn.split('\n').at(-1) ?? ''
      // oxlint-disable-next-line no-control-regex
      const [, before = '', under, after = ''] = /^(.*)\x1b\[7m(.)\x1b\[27m(.*)$/u.exec(foot) ?? []
      const plain = stripVTControlCharacters
      return { before: plain(before), under, text: plain(`${before}${under}${after}`) }
    }
    expect(cursor()).toMatchObject({
      under: ' ',
      before: expect.stringMatching(/^ \/ ….*e38,e39$/) as string,
    })
    typing.press('home')
    expect(cursor()).toMatchObject({ under: 'e', before: ' / ' })
    for (let step = 0; step < long.length; step++) {
      expect(cursor().under).toBe(long[step])
      expect(cursor().before.endsWith(long.slice(Math.max(0, step - 3), step))).toBe(true)
      expect(displayWidth(cursor().text)).toBeLessThanOrEqual(columns)
      typing.press('right')
    }
  }
})

test('while a filter is typed the server is not asked for older alerts; in force, it is', () => {
  const typing = board().press('/').type('risk>=80')
  expect(typing.store.view().wantsOlder).toBe(false)
  expect(typing.screen).toContain('found in what is here · ⏎ asks for older ones')
  expect(typing.press('return').store.view().wantsOlder).toBe(true)
})
