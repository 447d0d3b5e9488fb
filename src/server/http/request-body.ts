import type { FieldOf } from './access/access-policy.ts'
import { HttpFault } from '../fault/http-fault.ts'

/** A whole body, or 413 as soon as it is known to be larger than `maxBytes`. */
export async function readRequestBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  checkBodyHead((name) => request.headers.get(name) ?? undefined, maxBytes)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body ?? []) {
    size += piece.length
    if (size > maxBytes) throw bodyTooLarge(maxBytes)
    pieces.push(piece)
  }
  const [only] = pieces
  return pieces.length === 1 && only ? only : Buffer.concat(pieces)
}

/** What can be refused before the body is read. */
export function checkBodyHead(field: FieldOf, maxBytes: number): void {
  if (Number(field('content-length') ?? 0) > maxBytes) throw bodyTooLarge(maxBytes)
  const encoding = field('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new HttpFault(415, 'unsupported_content_encoding', 'Send the body without content encoding.')
}

export const bodyTooLarge = (maxBytes: number) =>
  new HttpFault(413, 'body_too_large', `The body is larger than ${maxBytes} bytes.`)
