import { crc32 } from 'node:zlib'
import { StoredEntry } from '../../entry.ts'
import { LogCursor } from './log-cursor.ts'

/*
 * A line of a segment. The checksum (CRC-32, 8 hex digits) covers everything after it up to the last
 * brace; `at` is the time of arrival. Keys stand in this order and without spaces, so that a line can
 * be taken apart by position, and `jq .insight` works as well. The last line of a write begins with a
 * `group` (see `group.ts`).
 *
 *     {"crc32":"1a2b3c4d","sequence":41,"at":"2026-11-23T14:22:07.120Z","insight":{…}}
 */
const beforeChecksum = '"crc32":"'
const checksumDigits = 8
const beforeSequence = '"sequence":'
const afterChecksum = `",${beforeSequence}`
const beforeTime = ',"at":"'
const timeLength = '2026-11-23T14:22:07.120Z'.length
const beforeInsight = '","insight":'
export const lineEnd = '}\n'

const toSequence = beforeChecksum.length + checksumDigits + '",'.length
/** Bytes between the begin of the checksum's member and the insight, but for the sequence's digits. */
const fixedLength = toSequence + beforeSequence.length + beforeTime.length + timeLength + beforeInsight.length

const lowerG = 0x67
const closingBrace = 0x7d

/** The line's text from its first member on, without a checksum as yet. */
export const lineHead = (sequence: number, at: string): string =>
  `{${beforeChecksum}${noChecksum}",${beforeSequence}${sequence}${beforeTime}${at}${beforeInsight}`

const noChecksum = '0'.repeat(checksumDigits)

/** Where the digits of the checksum stand in a line without a group. */
export const checksumOffset = 1 + beforeChecksum.length
/** Where the part that the checksum covers begins in a line without a group. */
export const coveredOffset = 1 + toSequence

export const formatChecksum = (checksum: number): string =>
  checksum.toString(16).padStart(checksumDigits, '0')

/** Where the member `crc32` begins: after the brace, and after the group where there is one. */
function memberStart(bytes: Uint8Array, start: number): number {
  return bytes[start + 2] === lowerG ? bytes.indexOf(closingBrace, start) + 2 : start + 1
}

/** Where the insight's text begins in the line of this sequence. It ends one byte before the line does. */
export const insightStart = (bytes: Uint8Array, start: number, sequence: number): number =>
  memberStart(bytes, start) + fixedLength + digitCount(sequence)

function digitCount(sequence: number): number {
  let count = 1
  for (let rest = sequence; rest >= 10; rest /= 10) count++
  return count
}

/** The line's checksum as it is written. */
export function checksumOf(bytes: Buffer, start: number): string {
  const at = memberStart(bytes, start) + beforeChecksum.length
  return bytes.toString('latin1', at, at + checksumDigits)
}

/** The entry in a line of `bytes`; `end` is past its newline. */
export function entryOfLine(
  epoch: string,
  sequence: number,
  bytes: Buffer,
  start: number,
  end: number,
): StoredEntry {
  const cursor = new LogCursor(epoch, sequence, checksumOf(bytes, start))
  return new StoredEntry(cursor, bytes, insightStart(bytes, start, sequence), end - lineEnd.length)
}

/** What is wrong with a line that should carry this sequence, or undefined; `end` is where its newline stands. */
export function faultOfLine(bytes: Buffer, start: number, end: number, sequence: number): string | undefined {
  const found = sequenceOf(bytes, start, end)
  if (found === undefined) return 'is no journal line'
  const covered = memberStart(bytes, start) + toSequence
  if (formatChecksum(crc32(bytes.subarray(covered, end))) !== checksumOf(bytes, start))
    return 'does not match its checksum'
  if (found !== sequence) return `carries sequence ${found} where ${sequence} must follow`
  return undefined
}

/** The sequence that a line claims; undefined when it has not the form of a line. */
export function sequenceOf(bytes: Buffer, start: number, end: number): number | undefined {
  const member = memberStart(bytes, start)
  const at = member + toSequence + beforeSequence.length
  if (bytes.toString('latin1', member, member + beforeChecksum.length) !== beforeChecksum) return undefined
  if (bytes.toString('latin1', at - afterChecksum.length, at) !== afterChecksum) return undefined
  const sequence = Number.parseInt(bytes.toString('latin1', at, at + 16), 10)
  return sequence >= 1 && member + fixedLength + digitCount(sequence) < end ? sequence : undefined
}

/** The time of arrival, RFC 3339. */
export function arrivalOf(bytes: Buffer, start: number, sequence: number): string {
  const end = insightStart(bytes, start, sequence) - beforeInsight.length
  return bytes.toString('latin1', end - timeLength, end)
}
