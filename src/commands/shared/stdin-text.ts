import { addAbortSignal, type Readable } from 'node:stream'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'

type Input = Pick<Io, 'stdin' | 'signal'>

/** Stdin as text, as it comes, until the signal. Throws a {@link Failure} when it can't be read. */
export async function* stdinText({ stdin, signal }: Input): AsyncGenerator<string> {
  stdin.setEncoding('utf8')
  try {
    for await (const chunk of addAbortSignal(signal, stdin as Readable)) yield String(chunk)
  } catch (error) {
    if (signal.aborted) throw error
    throw new Failure('failed', `stdin can't be read: ${(error as Error).message}`, { cause: error })
  }
}

/** Its lines as they come, without their ends; blank ones are left out. */
export async function* stdinLines(io: Input): AsyncGenerator<string> {
  let held = ''
  for await (const chunk of stdinText(io)) {
    const lines = (held + chunk).split('\n')
    held = lines.pop() ?? ''
    yield* lines.map((line) => line.replace(/\r$/, '')).filter((line) => line.trim() !== '')
  }
  const last = held.replace(/\r$/, '')
  if (last.trim() !== '') yield last
}
