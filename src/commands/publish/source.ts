import { createReadStream } from 'node:fs'
import { v7 as uuidv7 } from 'uuid'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import type { InsightInput } from '../../protocol/insight/schema.ts'
import { stdinText } from '../shared/stdin-text.ts'
import { type Prepared, prepare, readInsights } from './input.ts'

interface Source {
  readonly insight?: InsightInput
  readonly file?: string
}

/** What is to be published: one insight from flags, a file, or else stdin. */
export function readSource(
  { insight, file }: Source,
  io: Pick<Io, 'stdin' | 'signal'>,
): AsyncIterable<Prepared> {
  if (insight !== undefined) return once(prepare(insight, uuidv7))
  if (file !== undefined) return whole(readInsights(fileText(file), uuidv7))
  if (io.stdin.isTTY)
    throw new Failure('usage', 'there is nothing to publish', {
      hint: 'Give --entity and --risk, a file, or pipe JSON in; "iops publish --help" has examples.',
    })
  return readInsights(stdinText(io), uuidv7)
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** A file is read to its end before anything is sent: a fault in it leaves nothing half done. */
async function* whole<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  yield* all
}

async function* fileText(path: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(path, 'utf8') as AsyncIterable<string>
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const reason = code === 'ENOENT' ? 'there is no such file' : (error as Error).message
    throw new Failure('failed', `${path} can't be read: ${reason}`, { cause: error })
  }
}
