const mark = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Takes one byte order mark off the beginning of a stream, wherever its three bytes are split, and
 * puts an empty line in its place: two of the layers below would each take off one more, and the
 * standard allows one in all (WHATWG, UTF-8 decode).
 */
export function withoutByteOrderMark(): (chunk: Uint8Array) => Uint8Array {
  let head: Buffer | undefined = Buffer.alloc(0)
  return (chunk) => {
    if (head === undefined) return chunk
    head = Buffer.concat([head, chunk])
    if (head.length < mark.length && mark.subarray(0, head.length).equals(head)) return Buffer.alloc(0)
    const begins = head.subarray(0, mark.length).equals(mark)
    const rest = Buffer.concat([Buffer.from('\n'), begins ? head.subarray(mark.length) : head])
    head = undefined
    return rest
  }
}
