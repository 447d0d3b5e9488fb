import { readSync } from 'node:fs'
import { sequenceOf } from '../format/line.ts'

const newline = 0x0a
const minBlock = 8 * 1024
/** Looked at before the place where the line should be. */
const lead = 2 * 1024

/** A line in memory: `end` is past its newline; good until the next one is read. */
export interface FoundLine {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** Where it begins in the file. */
  readonly offset: number
}

interface Range {
  /** Bytes, and the sequences of the lines in them: from `first` on, up to `next`. */
  low: number
  high: number
  first: number
  next: number
}

let block = Buffer.allocUnsafeSlow(minBlock)

/**
 * Finds a line in a segment by its sequence: lines stand in their order, and are about equally long, so the first
 * guess is seldom wrong by much. Undefined when there is none; a damaged line counts as none.
 */
export function locateLine(
  fd: number,
  segment: { readonly size: number; readonly first: number; readonly next: number },
  sequence: number,
): FoundLine | undefined {
  const range: Range = { low: 0, high: segment.size, first: segment.first, next: segment.next }
  for (let length = minBlock; range.low < range.high;) {
    const share = (sequence - range.first) / Math.max(1, range.next - range.first)
    const guess = range.low + Math.floor((range.high - range.low) * share) - lead
    const at = Math.max(range.low, Math.min(guess, range.high - length))
    const got = readBlock(fd, at, Math.min(length, segment.size - at))
    const found = searchBlock(at, got, sequence, range)
    if (found === 'more') {
      if (at === range.low && at + got >= range.high) return undefined
      length *= 4
    } else if (found === undefined || typeof found === 'object') return found
    else length = minBlock
  }
  return undefined
}

/** The line; `narrowed` when the range is smaller now; `more` when the block has no line to tell by. */
function searchBlock(
  at: number,
  length: number,
  sequence: number,
  range: Range,
): FoundLine | 'narrowed' | 'more' | undefined {
  let start = at === range.low ? 0 : block.indexOf(newline, 0) + 1
  if (start === 0 && at !== range.low) return 'more'
  const firstStart = start
  let first: number | undefined
  let last: { readonly sequence: number; readonly end: number } | undefined
  for (
    let end = block.indexOf(newline, start);
    end >= 0 && end < length;
    end = block.indexOf(newline, start)
  ) {
    const found = sequenceOf(block, start, end)
    if (found === sequence) return { bytes: block, start, end: end + 1, offset: at + start }
    if (found !== undefined) {
      first ??= found
      if (found > sequence) break
      last = { sequence: found, end: at + end + 1 }
    }
    start = end + 1
  }
  if (first === undefined) return 'more'
  if (first > sequence) {
    if (at + firstStart >= range.high || at === range.low) return undefined
    range.high = at + firstStart
    range.next = first
    return 'narrowed'
  }
  // The block's last line comes before, or the lines on both sides of the place are in it.
  const passed = last!
  if (start < length && block.indexOf(newline, start) >= 0 && block.indexOf(newline, start) < length)
    return undefined
  range.low = passed.end
  range.first = passed.sequence + 1
  return 'narrowed'
}

function readBlock(fd: number, position: number, length: number): number {
  if (block.length < length) block = Buffer.allocUnsafeSlow(length)
  let filled = 0
  while (filled < length) {
    const got = readSync(fd, block, filled, length - filled, position + filled)
    if (got === 0) break
    filled += got
  }
  return filled
}
