import { crc32 } from 'node:zlib'
import { encodeGroup } from './group.ts'
import { checksumOffset, coveredOffset, formatChecksum, lineEnd, lineHead } from './line.ts'

const minBytes = 64 * 1024
const maxBytesKept = 1024 * 1024

/** Lines that will be written at once. */
export class LineBuffer {
  #bytes = Buffer.allocUnsafeSlow(minBytes)
  #length = 0
  #first = 0
  /** Where each line begins. */
  #starts: number[] = []
  #checksums: string[] = []

  /** Bytes of the lines so far. */
  get length(): number {
    return this.#length
  }

  get count(): number {
    return this.#starts.length
  }

  /** Adds a line; gives its length in bytes and its checksum. */
  add(sequence: number, at: string, json: string): { readonly length: number; readonly checksum: string } {
    const head = lineHead(sequence, at)
    const start = this.#length
    // No code unit takes more than three bytes.
    this.#reserve(head.length + json.length * 3 + lineEnd.length)
    const bytes = this.#bytes
    let end = start
    end += bytes.write(head, end, 'latin1')
    end += bytes.write(json, end, 'utf8')
    end += bytes.write(lineEnd, end, 'latin1')
    const checksum = formatChecksum(crc32(bytes.subarray(start + coveredOffset, end - 1)))
    bytes.write(checksum, start + checksumOffset, 'latin1')
    if (this.count === 0) this.#first = sequence
    this.#starts.push(start)
    this.#checksums.push(checksum)
    this.#length = end
    return { length: end - start, checksum }
  }

  /** Drops all lines but the first `count`. */
  cut(count: number): void {
    if (count >= this.count) return
    this.#length = this.#starts[count]!
    this.#starts.length = count
    this.#checksums.length = count
  }

  /**
   * The lines as one group, in a buffer of just their size; then there are none. The last line is
   * `groupLength` bytes longer than it was when it was added.
   */
  take(): { readonly bytes: Buffer; readonly groupLength: number } {
    const last = this.#starts.at(-1)
    if (last === undefined) return { bytes: Buffer.alloc(0), groupLength: 0 }
    const group = encodeGroup(this.#first, this.#length, this.#checksums.join(''))
    const bytes = Buffer.allocUnsafeSlow(this.#length + group.length)
    this.#bytes.copy(bytes, 0, 0, last + 1)
    bytes.write(group, last + 1, 'latin1')
    this.#bytes.copy(bytes, last + 1 + group.length, last + 1, this.#length)
    this.#clear()
    return { bytes, groupLength: group.length }
  }

  /** What a rare large batch needed is given back. */
  #clear(): void {
    this.#length = 0
    this.#starts = []
    this.#checksums = []
    if (this.#bytes.length > maxBytesKept) this.#bytes = Buffer.allocUnsafeSlow(minBytes)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(wider, 0, 0, this.#length)
    this.#bytes = wider
  }
}
