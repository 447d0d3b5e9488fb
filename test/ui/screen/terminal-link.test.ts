import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { Screen } from '../../../src/ui/screen/screen.ts'
import { TestTerminal } from '../../helpers/terminal.ts'

/** A terminal that answers a request only when told to. */
function lateTerminal() {
  const terminal = new TestTerminal({ columns: 80, rows: 24 })
  const held: string[] = []
  let isHolding = false
  terminal.onReply = (data) => (isHolding ? held.push(data) : terminal.press(data))
  const screen = new Screen(terminal.stdout, { input: terminal.stdin })
  screen.enter()
  onTestFinished(() => {
    screen.close()
    terminal.xterm.dispose()
  })
  return {
    terminal,
    screen,
    hold: () => (isHolding = true),
    answer: () => {
      for (const data of held.splice(0)) terminal.press(data)
    },
    asked: () => held.length,
  }
}

const frame = (letter: string) => Array.from({ length: 24 }, () => letter.repeat(80))

test('while the terminal owes an answer data waits, and the newest of it comes with the answer', async () => {
  const { terminal, screen, hold, answer, asked } = lateTerminal()
  screen.draw(frame('a'))
  await terminal.until((text) => text.startsWith('aaa') && !screen.isBusy)
  hold()
  screen.draw(frame('b'))
  await terminal.until((text) => text.startsWith('bbb') && asked() === 1)
  for (const letter of 'cdefg') {
    screen.draw(frame(letter))
    await turn()
  }
  expect(screen.isBusy).toBe(true)
  const before = terminal.total
  answer()
  await terminal.until((text) => text.startsWith('ggg'))
  // One frame, however many there were.
  expect(terminal.total - before).toBeLessThan(3000)
})

test('a key is answered while the terminal owes an answer, and is not answered without bound', async () => {
  const { terminal, screen, hold, asked } = lateTerminal()
  screen.draw(frame('a'))
  await terminal.until((text) => text.startsWith('aaa') && !screen.isBusy)
  hold()
  screen.draw(frame('b'))
  await terminal.until((text) => text.startsWith('bbb') && asked() === 1)
  const before = terminal.total
  terminal.press('j')
  screen.draw(frame('c'))
  await terminal.until('ccc')
  expect(screen.isBusy).toBe(true)
  for (const letter of 'defghijk') {
    terminal.press('j')
    screen.draw(frame(letter))
    for (let turns = 0; turns < 5; turns++) await turn()
  }
  expect(asked()).toBe(1)
  expect(terminal.total - before).toBeLessThan(7000)
})
