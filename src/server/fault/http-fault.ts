import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { ErrorBody } from '../../protocol/answers.ts'
import { StoreUnavailable } from '../stores/store.ts'

/** A request that can't be honoured, as it is answered. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'
  readonly status: ContentfulStatusCode
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    options: { details?: unknown[]; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.status = status
    this.body = { error: message, code, ...(options.details && { details: options.details }) }
    this.headers = options.headers ?? {}
  }
}

export const badRequest = (code: string, message: string, details?: unknown[]) =>
  new HttpFault(400, code, message, details ? { details } : {})

/** Maps an error to its response; undefined when it is a fault of ours. */
export function asHttpFault(error: unknown): HttpFault | undefined {
  if (error instanceof HttpFault) return error
  if (error instanceof StoreUnavailable)
    return new HttpFault(503, 'store_unavailable', `The store can't serve now: ${error.message}.`, {
      headers: { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfter))) },
    })
  return undefined
}

export const internalError = () =>
  new HttpFault(500, 'internal_error', 'The server failed; its log says why.')

/** A fault as a response; `fields` beside its own. */
export function respond({ status, body, headers }: HttpFault, fields: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { ...fields, ...headers } })
}
