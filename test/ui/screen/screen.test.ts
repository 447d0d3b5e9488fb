import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Screen } from '../../../src/ui/screen/screen.ts'
import { Emulator } from '../../helpers/emulator.ts'
import { steps } from '../../helpers/frames.ts'
import { TestTerminal } from '../../helpers/terminal.ts'

/** Resolves when the terminal has it. */
async function show(screen: Screen, frame: readonly string[]): Promise<void> {
  screen.draw(frame)
  await new Promise<void>((resolve) => screen.stdout.write('', () => resolve()))
}

/** A terminal that got the frame as it is, line by line, after being cleared. */
async function drawnInFull(lines: readonly string[], columns: number, rows: number): Promise<string[][]> {
  const emulator = new Emulator(columns, rows)
  await new Promise<void>((resolve) =>
    emulator.receive(`\x1b[?7l${lines.map((line, y) => `\x1b[${y + 1}H${line}`).join('')}`, resolve),
  )
  const cells = emulator.cells()
  emulator.xterm.dispose()
  return cells
}

describe('the screen', () => {
  it('shows exactly what a full draw shows, whatever came before', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        const terminal = new TestTerminal({ columns: 40, rows: 12 })
        const screen = new Screen(terminal.stdout, { input: terminal.stdin })
        screen.enter()
        for (const step of steps) {
          if (step.kind === 'redraw') screen.redraw()
          else if (step.kind === 'resize') terminal.resize(step.columns, step.rows)
          else {
            await show(screen, step.lines)
            expect(terminal.cells()).toEqual(
              await drawnInFull(step.lines, terminal.xterm.cols, terminal.xterm.rows),
            )
          }
        }
        screen.leave()
        terminal.xterm.dispose()
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
