/**
 * Event bytes, made once for every subscriber: `coded` with the head and tail of HTTP/1.1's chunked
 * transfer coding (RFC 9112, 7.1) around them, `plain` without. Both share one piece of memory.
 */
export interface Chunk {
  readonly coded: Buffer
  readonly plain: Buffer
}

/** Ends a body in the chunked transfer coding. */
export const lastChunk = Buffer.from('0\r\n\r\n', 'latin1')

/** An empty chunk would end the body, so `text` is never empty. */
export function chunkOf(text: string): Chunk {
  const chunk = emptyChunk(Buffer.byteLength(text))
  chunk.plain.write(text)
  return chunk
}

/** One chunk from several pieces, copied. For `spent` see {@link emptyChunk}. */
export function joinChunk(pieces: readonly Buffer[], spent?: Chunk): Chunk {
  let size = 0
  for (const piece of pieces) size += piece.length
  const chunk = emptyChunk(size, spent)
  let offset = 0
  for (const piece of pieces) {
    chunk.plain.set(piece, offset)
    offset += piece.length
  }
  return chunk
}

/**
 * A chunk whose `plain` of `size` bytes is still to be written, in the memory of `spent` if that is large enough: a
 * chunk that nobody needs any more. Never from the pool: a slow reader pins it.
 */
export function emptyChunk(size: number, spent?: Chunk): Chunk {
  const head = `${size.toString(16)}\r\n`
  const length = head.length + size + 2
  const coded =
    spent && spent.coded.buffer.byteLength >= length
      ? Buffer.from(spent.coded.buffer, 0, length)
      : Buffer.allocUnsafeSlow(length)
  coded.write(head, 0, 'latin1')
  coded.write('\r\n', head.length + size, 'latin1')
  return { coded, plain: coded.subarray(head.length, head.length + size) }
}
