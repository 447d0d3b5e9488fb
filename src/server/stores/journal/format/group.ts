import { crc32 } from 'node:zlib'
import { checksumOf, formatChecksum } from './line.ts'

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
  /** The sequence of the group's first line; undefined between two groups. */
  #first: number | undefined
  #start: number
  #checksums = ''

  /** A group begins at `start` of the file. */
  constructor(start: number) {
    this.#start = start
  }

  /** Whether the last line ended a whole group. */
  get isWhole(): boolean {
    return this.#first === undefined
  }

  /** Adds the line at `start`, which ends at `end` of the file; says what is wrong with the group that it ends. */
  add(
    bytes: Buffer,
    start: number,
    { end, sequence }: { readonly end: number; readonly sequence: number },
  ): string | undefined {
    this.#first ??= sequence
    this.#checksums += checksumOf(bytes, start)
    const group = groupOfLine(bytes, start)
    if (group === undefined) return undefined
    if (group === null) return 'is no journal line'
    const { first, bytes: length, crc32: checksum } = group
    if (
      first !== this.#first ||
      length !== end - this.#start ||
      checksum !== checksumOfGroup(first, length, this.#checksums)
    )
      return 'ends a write that is not whole'
    return this.skip(end)
  }

  /** Passes a line that stands in no group. */
  skip(end: number): undefined {
    this.#first = undefined
    this.#start = end
    this.#checksums = ''
  }
}
