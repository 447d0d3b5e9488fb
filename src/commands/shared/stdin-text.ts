import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'

/** Stdin as text, as it comes. Throws a {@link Failure} when it can't be read (a directory, say). */
export async function* stdinText({ stdin }: Pick<Io, 'stdin'>): AsyncGenerator<string> {
  stdin.setEncoding('utf8')
  try {
    for await (const chunk of stdin) yield String(chunk)
  } catch (error) {
    throw new Failure('failed', `stdin can't be read: ${(error as Error).message}`, { cause: error })
  }
}

/** Its lines as they come, without their ends; blank ones are left out. */
export async function* stdinLines(io: Pick<Io, 'stdin'>): AsyncGenerator<string> {
  let held = ''
  for await (const chunk of stdinText(io)) {
    const lines = (held + chunk).split('\n')
    held = lines.pop() ?? ''
    yield* lines.map((line) => line.replace(/\r$/, '')).filter((line) => line.trim() !== '')
  }
  const last = held.replace(/\r$/, '')
  if (last.trim() !== '') yield last
}
