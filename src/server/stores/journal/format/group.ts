import { crc32 } from 'node:zlib'
import { checksumDigits, checksumOf, formatChecksum } from './line.ts'

/**
 * What was written at once and is all or nothing after a crash. It stands at the begin of the
 * group's last line:
 *
 *     {"group":{"first":37,"bytes":2345,"crc32":"89abcdef"},"crc32":"1a2b3c4d","sequence":41,…
 *
 * `first` is the sequence of its first line, `bytes` its length on disk. The checksum covers both and
 * the checksums of its lines: the text `37,2345,` and then their digits.
 */
interface LineGroup {
  readonly first: number
  readonly bytes: number
  readonly crc32: string
}

/** The text that goes in after the last line's opening brace. `lines` is the length of the group without it. */
export function encodeGroup(first: number, lines: number, checksums: string): string {
  const text = (bytes: number) =>
    `"group":{"first":${first},"bytes":${bytes},"crc32":"${checksumOfGroup(first, bytes, checksums)}"},`
  let bytes = lines + text(lines).length
  if (lines + text(bytes).length !== bytes) bytes++
  return text(bytes)
}

const checksumOfGroup = (first: number, bytes: number, checksums: string): string =>
  formatChecksum(crc32(`${first},${bytes},${checksums}`))

const form = /^\{"group":\{"first":(\d{1,16}),"bytes":(\d{1,16}),"crc32":"([0-9a-f]{8})"\},/
const maxLength = 120
const lowerG = 0x67

/** The group that the line at `start` ends; undefined when it ends none, and null when its begin is damaged. */
function groupOfLine(bytes: Buffer, start: number): LineGroup | undefined | null {
  if (bytes[start + 2] !== lowerG) return undefined
  const [, first, length, checksum = ''] = form.exec(bytes.toString('latin1', start, start + maxLength)) ?? []
  return first === undefined ? null : { first: Number(first), bytes: Number(length), crc32: checksum }
}

/** Follows the lines of a file, each of which is intact, from one whole group to the next. */
export class GroupTracker {
  #first: number
  #start: number
  #checksums = ''

  /** The next line carries the sequence `first` and begins at `start` of the file. */
  constructor(first: number, start: number) {
    this.#first = first
    this.#start = start
  }

  /** The first sequence of the group that the next line belongs to: after a whole group, its own. */
  get first(): number {
    return this.#first
  }

  /** Adds the line at `start`, which ends at `end` of the file; says what is wrong with the group that it ends. */
  add(
    bytes: Buffer,
    start: number,
    { end, sequence }: { readonly end: number; readonly sequence: number },
  ): string | undefined {
    this.#checksums += checksumOf(bytes, start)
    const group = groupOfLine(bytes, start)
    if (group === undefined) return undefined
    if (group === null) return 'is no journal line'
    const { first, bytes: length, crc32: checksum } = group
    if (
      first !== this.#first ||
      length !== end - this.#start ||
      this.#checksums.length !== (sequence - first + 1) * checksumDigits ||
      checksum !== checksumOfGroup(first, length, this.#checksums)
    )
      return 'ends a write that is not whole'
    this.restart(sequence + 1, end)
    return undefined
  }

  restart(first: number, start: number): void {
    this.#first = first
    this.#start = start
    this.#checksums = ''
  }
}
