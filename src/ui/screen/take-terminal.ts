import type { Io } from '../../program/io.ts'
import { glyphsFor } from '../../text/glyphs.ts'
import { enterSequence, guardExit, leaveSequence } from './terminal-modes.ts'

/** A terminal that shows that something comes, while what draws it still loads. */
export interface TakenTerminal {
  /** The screen has it now, and gives it back at its end. False where it was given back before. */
  readonly handOver: () => boolean
  /** As it was before, unless it was handed over. */
  readonly giveBack: () => void
}

/**
 * Takes the terminal over with a first line on it. It keeps its own way with keys: `^C` is a signal, which gives the
 * terminal back at once, and what else is typed waits for who reads keys.
 */
export function takeTerminal({ stdout, signal }: Io, ascii: boolean): TakenTerminal {
  const gap = ' '.repeat((stdout.columns ?? 0) >= 100 ? 3 : 2)
  stdout.write(`${enterSequence}\x1b[H iops${gap}${glyphsFor(ascii).waiting} connecting`)
  let isOurs = true
  const letGo = (): boolean => {
    const wasOurs = isOurs
    isOurs = false
    liftGuard()
    signal.removeEventListener('abort', giveBack)
    return wasOurs
  }
  const giveBack = (): void => {
    if (letGo()) stdout.write(leaveSequence)
  }
  const liftGuard = guardExit(giveBack)
  signal.addEventListener('abort', giveBack, { once: true })
  return { handOver: letGo, giveBack }
}
