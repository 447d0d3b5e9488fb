import { joinBytes, noBytes } from './bytes.ts'

const mark = [0xef, 0xbb, 0xbf]
const lineFeed = new Uint8Array([0x0a])

/**
 * Takes one byte order mark off the beginning of a stream, wherever its three bytes are split, and
 * puts an empty line in its place: two of the layers below would each take off one more, and the
 * standard allows one in all (WHATWG, UTF-8 decode).
 */
export function withoutByteOrderMark(): (chunk: Uint8Array) => Uint8Array {
  let head: Uint8Array | undefined = noBytes
  return (chunk) => {
    if (head === undefined) return chunk
    head = joinBytes([head, chunk])
    const begins = mark.every((byte, at) => head === undefined || at >= head.length || head[at] === byte)
    if (begins && head.length < mark.length) return noBytes
    const rest = joinBytes([lineFeed, begins ? head.subarray(mark.length) : head])
    head = undefined
    return rest
  }
}
