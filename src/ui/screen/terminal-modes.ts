/** Modes that can be on besides those of every dashboard. `mouse` reports buttons and the wheel, as SGR sequences. */
export type TerminalMode = 'paste' | 'focus' | 'mouse'

const numbers: Readonly<Record<TerminalMode, string>> = { paste: '2004', focus: '1004', mouse: '1000;1006' }

export const modeSequence = (mode: TerminalMode, isOn: boolean): string =>
  `\x1b[?${numbers[mode]}${isOn ? 'h' : 'l'}`

/** Alternate screen, no cursor, and no wrapping at the right edge: what is drawn there must move nothing. */
export const enterSequence = '\x1b[?1049h\x1b[?25l\x1b[?7l'

/**
 * Undoes {@link enterSequence} and every mode, on or not. CAN first: it ends a sequence that was cut off in the middle.
 */
export const leaveSequence = `\x18\x1b[?2026l${(['mouse', 'focus', 'paste'] as const)
  .map((mode) => modeSequence(mode, false))
  .join('')}\x1b]8;;\x1b\\\x1b[m\x1b[r\x1b[?7h\x1b[?1049l\x1b[?25h`

/**
 * Has the terminal restored however the process ends: `process.exit`, an error that nobody catches, a last signal.
 * Returns what lifts the guard.
 */
export function guardExit(restore: () => void): () => void {
  // The monitor runs before Node prints the error, so that it is read on the primary screen.
  process.on('exit', restore)
  process.on('uncaughtExceptionMonitor', restore)
  return () => {
    process.off('exit', restore)
    process.off('uncaughtExceptionMonitor', restore)
  }
}
