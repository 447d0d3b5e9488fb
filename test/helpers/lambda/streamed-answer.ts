import type { Posted } from './runtime-api.ts'

/** An answer that comes piece by piece, behind its prelude. */
export interface StreamedAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  /** The pieces as they came, each once. */
  readonly pieces: AsyncIterable<string>
  /** All the rest. */
  text(): Promise<string>
  /** The error that the function ended with after its first byte; known once the body has ended. */
  errorType(): string | undefined
}

const delimiter = Buffer.alloc(8)

/** Reads the prelude (JSON, then eight zero bytes). */
export async function streamedAnswer({ kind, body, isStreamed }: Posted): Promise<StreamedAnswer> {
  if (kind === 'error' || !isStreamed) throw new Error(`the answer is not streamed: ${kind}`)
  const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let head = Buffer.alloc(0)
  let end = -1
  while (end < 0) {
    const { value, done } = await iterator.next()
    if (done) throw new Error(`the answer ended in its prelude: ${head.toString()}`)
    head = Buffer.concat([head, value])
    end = head.indexOf(delimiter)
  }
  const prelude = JSON.parse(head.toString('utf8', 0, end)) as Pick<StreamedAnswer, 'statusCode' | 'headers'>
  const first = head.subarray(end + delimiter.length)
  const decoder = new TextDecoder()
  async function* read() {
    if (first.length > 0) yield decoder.decode(first, { stream: true })
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) return
      yield decoder.decode(value, { stream: true })
    }
  }
  const pieces = read()
  return {
    ...prelude,
    pieces,
    async text() {
      let whole = ''
      for await (const piece of pieces) whole += piece
      return whole
    },
    errorType: () => body.trailers['lambda-runtime-function-error-type'],
  }
}
