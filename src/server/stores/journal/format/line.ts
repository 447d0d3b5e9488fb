import { crc32 } from 'node:zlib'
import type { Cursor } from '../../../../protocol/cursor.ts'
import { StoredEntry } from '../../entry.ts'

const checksumAt = '{"crc32":"'.length
/** Where the part begins that the checksum covers. */
const coveredAt = checksumAt + '12345678",'.length
const sequenceAt = coveredAt + '"sequence":'.length
const beforeTime = ',"at":"'
const timeLength = '2026-11-23T14:22:07.120Z'.length
const beforeInsight = '","insight":'
/** Bytes of a line around its insight, the sequence's digits and the newline left out. */
const fixedLength = sequenceAt + beforeTime.length + timeLength + beforeInsight.length

/**
 * Lines of a segment, each like this: the checksum (CRC-32, 8 hex digits) covers everything after it up to the
 * last brace; `at` is the time of arrival. Keys stand in this order and without spaces, so that a
 * line can be taken apart by position, and `jq .insight` works as well.
 *
 *     {"crc32":"1a2b3c4d","sequence":41,"at":"2026-11-23T14:22:07.120Z","insight":{…}}
 */
export class LineBuffer {
  #bytes = Buffer.allocUnsafeSlow(leastBytes)
  #length = 0

  /** The lines so far, each with its newline, in a buffer of just their size; then there are none. */
  take(): Buffer {
    const taken = Buffer.allocUnsafeSlow(this.#length)
    this.#bytes.copy(taken, 0, 0, this.#length)
    this.clear()
    return taken
  }

  /** Bytes of the lines so far. */
  get length(): number {
    return this.#length
  }

  /** Drops the lines from a length on that it had after a line. */
  cut(length: number): void {
    this.#length = length
  }

  /** Drops all lines. What a rare large batch needed is given back. */
  clear(): void {
    this.#length = 0
    if (this.#bytes.length > mostBytesKept) this.#bytes = Buffer.allocUnsafeSlow(leastBytes)
  }

  /** Adds a line; gives its length in bytes. */
  add(sequence: number, at: string, json: string): number {
    const head = `"sequence":${sequence},"at":"${at}","insight":`
    const start = this.#length
    // No code unit takes more than three bytes.
    this.#reserve(coveredAt + head.length + json.length * 3 + lineEnd.length)
    const bytes = this.#bytes
    let end = start + coveredAt
    end += bytes.write(head, end, 'latin1')
    end += bytes.write(json, end, 'utf8')
    end += bytes.write(lineEnd, end, 'latin1')
    const checksum = crc32(bytes.subarray(start + coveredAt, end - 1))
    bytes.write(`{"crc32":"${checksum.toString(16).padStart(8, '0')}",`, start, 'latin1')
    this.#length = end
    return end - start
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(wider, 0, 0, this.#length)
    this.#bytes = wider
  }
}

const lineEnd = '}\n'

const leastBytes = 64 * 1024
const mostBytesKept = 1024 * 1024

/** Where the insight's text begins in the line of this sequence; it ends one before the line does. */
export const insightOffset = (sequence: number) => fixedLength + digits(sequence)

function digits(sequence: number): number {
  let count = 1
  for (let rest = sequence; rest >= 10; rest /= 10) count++
  return count
}

/** The entry in a line of `bytes`; `end` is past its newline. */
export const entryOfLine = (cursor: Cursor, bytes: Buffer, start: number, end: number): StoredEntry =>
  new StoredEntry(cursor, bytes, start + insightOffset(cursor.sequence), end - lineEnd.length)

/**
 * What is wrong with a line, or undefined. `text` holds the bytes as Latin-1, so that positions are
 * those of `bytes`; `end` is where the newline stands.
 */
export function faultOfLine(
  bytes: Uint8Array,
  text: string,
  start: number,
  end: number,
  sequence: number,
): string | undefined {
  const insightStart = start + insightOffset(sequence)
  const framed =
    text.startsWith('{"crc32":"', start) && text.startsWith('","sequence":', start + coveredAt - 2)
  if (insightStart >= end || !framed) return 'is no journal line'
  const expected = parseInt(text.slice(start + checksumAt, start + checksumAt + 8), 16)
  if (crc32(bytes.subarray(start + coveredAt, end)) !== expected) return 'does not match its checksum'
  const found = sequenceOf(text, start)
  if (found !== sequence) return `carries sequence ${found} where ${sequence} must follow`
  return undefined
}

/** The sequence that a line claims; NaN when it claims none. */
const sequenceOf = (text: string, start: number): number => {
  const at = start + sequenceAt
  return Number.parseInt(text.slice(at, at + 16), 10)
}

/** What is wrong with a line apart from its place in the log, or undefined; and the sequence it claims. */
export function checkLine(bytes: Uint8Array, text: string, start: number, end: number) {
  const sequence = sequenceOf(text, start)
  const fault = sequence >= 1 ? faultOfLine(bytes, text, start, end, sequence) : 'is no journal line'
  return { sequence, fault }
}

/** The time of arrival, RFC 3339. */
export function arrivalOf(text: string, start: number, sequence: number): string {
  const at = start + sequenceAt + digits(sequence) + beforeTime.length
  return text.slice(at, at + timeLength)
}
