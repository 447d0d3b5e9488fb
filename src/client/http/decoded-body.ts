import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'

/** The body of an answer without its content encoding; one that nobody knows stays as it is. */
export function decodedBody(message: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = message.headers['content-encoding']
  if (encoding === undefined) return message
  const encodings = encoding.toLowerCase().split(',')
  const decoders = encodings.map((name) => decoderOf(name.trim()))
  const known = decoders.filter((decoder) => decoder !== undefined)
  if (known.length === 0 || known.length < encodings.length) return message
  const { pipeline } = process.getBuiltinModule('node:stream')
  // The last encoding was put on last. What fails on the way is thrown by the last of them.
  return pipeline([message, ...known.toReversed()], () => {}) as Transform
}

function decoderOf(encoding: string): Transform | undefined {
  const { constants, createBrotliDecompress, createGunzip, createInflate } =
    process.getBuiltinModule('node:zlib')
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip({ flush: constants.Z_SYNC_FLUSH })
  if (encoding === 'deflate') return createInflate({ flush: constants.Z_SYNC_FLUSH })
  if (encoding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
  return undefined
}
