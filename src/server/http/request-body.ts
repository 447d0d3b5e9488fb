import { HttpFault } from './http-fault.ts'

/** A whole body, or 413 as soon as it is known to be larger than `most` bytes. */
export async function readRequestBody(request: Request, most: number): Promise<Uint8Array> {
  checkBodyHead(request.headers.get('content-length'), request.headers.get('content-encoding'), most)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body ?? []) {
    size += piece.length
    if (size > most) throw bodyTooLarge(most)
    pieces.push(piece)
  }
  const [only] = pieces
  return pieces.length === 1 && only ? only : Buffer.concat(pieces)
}

/** What can be refused before the body is read. */
export function checkBodyHead(length: string | null, encoding: string | null, most: number): void {
  if (Number(length ?? 0) > most) throw bodyTooLarge(most)
  if (encoding !== null && encoding.toLowerCase() !== 'identity')
    throw new HttpFault(415, 'unsupported_content_encoding', 'Send the body without content encoding.')
}

export const bodyTooLarge = (most: number) =>
  new HttpFault(413, 'body_too_large', `The body is larger than ${most} bytes.`)
