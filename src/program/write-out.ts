import { once } from 'node:events'
import type { Io } from './io.ts'

/**
 * Writes to stdout, and resolves when more may be written: what a slow reader has not taken yet does not
 * pile up here. When stdout is gone or the command is to end, the rest is not written; the program's
 * signal says why.
 */
export async function writeOut(
  { stdout, signal }: Pick<Io, 'stdout' | 'signal'>,
  text: string,
): Promise<void> {
  if (signal.aborted || stdout.write(text)) return
  await once(stdout, 'drain', { signal }).catch(() => {})
}
