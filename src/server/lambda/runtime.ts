import type { Writable } from 'node:stream'

/** How an answer that is streamed begins. */
interface Prelude {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
}

/** What an answer is written to. */
export type ResponseStream = Pick<
  Writable,
  | 'write'
  | 'end'
  | 'on'
  | 'once'
  | 'off'
  | 'emit'
  | 'writableFinished'
  | 'writableEnded'
  | 'writableNeedDrain'
> & { readonly destroyed: boolean }

/** What an invocation knows of itself. */
export interface Context {
  getRemainingTimeInMillis(): number
}

export type StreamingHandler = (event: unknown, out: ResponseStream, context: Context) => Promise<void>

/** The global that the Node.js runtime of AWS Lambda brings. */
interface Runtime {
  streamifyResponse(handler: StreamingHandler): StreamingHandler
  readonly HttpResponseStream: {
    /** The prelude goes out with the first write, so that there has to be one. */
    from(out: ResponseStream, prelude: Prelude): ResponseStream
  }
}

/** The AWS SDK makes an empty one where there is none. */
interface Globals {
  readonly awslambda?: Partial<Runtime>
}

/** Throws outside of AWS Lambda. */
export function runtime(): Runtime {
  const { awslambda } = globalThis as Globals
  if (awslambda?.HttpResponseStream) return awslambda as Runtime
  throw new Error('there is no response streaming outside of AWS Lambda')
}

/** Marks a handler as one that streams; as it is outside of AWS Lambda. */
export function streamify(handler: StreamingHandler): StreamingHandler {
  const { awslambda } = globalThis as Globals
  return awslambda?.streamifyResponse?.(handler) ?? handler
}
