import { finished } from 'node:stream'
import type { Io, Output } from './io.ts'

/**
 * Writes to stdout, and resolves when more may be written: what a slow reader has not taken yet does not
 * pile up here. When stdout is gone or the command is to end, the rest is not written; the program's
 * signal says why.
 */
export async function writeOut(io: Pick<Io, 'stdout' | 'signal'>, text: string): Promise<void> {
  const { stdout, signal } = io
  if (signal.aborted || !stdout.writable || stdout.write(text)) return
  await unlessOver(io, (resolve) => {
    stdout.once('drain', resolve)
    return () => stdout.off('drain', resolve)
  })
}

/** After a signal nobody waits longer for a reader that doesn't read, in milliseconds. */
const flushAfterSignal = 100

/** Resolves when everything written has been handed over, can't be any more, or isn't waited for. */
export async function flushOut(io: Pick<Io, 'stdout' | 'signal' | 'stdoutAbandoned'>): Promise<void> {
  await unlessOver(io, (resolve) => {
    // A write that failed tells so in its own time.
    io.stdout.write('', () => setImmediate(resolve))
    const isOver = io.signal.aborted || io.stdoutAbandoned?.signal.aborted
    const timer = isOver ? setTimeout(resolve, flushAfterSignal) : undefined
    return () => clearTimeout(timer)
  })
}

/** Waits for `what`, which returns its own undoing; not past the end of stdout or of the command. */
function unlessOver(
  { stdout, signal }: { readonly stdout: Output; readonly signal: AbortSignal },
  what: (resolve: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      undo()
      stopWatching()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stopWatching = finished(stdout, { readable: false }, end)
    signal.addEventListener('abort', end, { once: true })
    const undo = what(end)
  })
}
