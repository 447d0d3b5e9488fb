import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { GroupTracker } from './group.ts'
import { faultOfLine, insightStart, sequenceOf } from './line.ts'

/** One intact line. The object is used again for the next. */
export interface ScannedLine {
  sequence: number
  bytes: Buffer
  /** The bytes as Latin-1, so that positions in both are the same. */
  text: string
  /** Where the line begins. */
  start: number
  insightStart: number
  insightEnd: number
  /** Bytes, newline included. */
  length: number
}

/** Where a file stops being intact. `line` counts from 1. */
export interface Damage {
  readonly path: string
  readonly line: number
  /** In bytes. */
  readonly offset: number
  readonly message: string
}

const chunkSize = 256 * 1024

/**
 * Reads a segment's lines, the first of which must carry `first`, checks each and the groups that they
 * stand in from `groupedFrom` on, and hands it to `visit`. Gives the damage at which it stopped, or undefined at a clean end. `visit` may name a
 * fault of its own.
 */
export function scanSegment(
  { path, first, hasGaps }: { readonly path: string; readonly first: number; readonly hasGaps: boolean },
  groupedFrom: number,
  visit: (line: ScannedLine) => string | undefined,
): Damage | undefined {
  const fd = openSync(path, 'r')
  try {
    const size = fstatSync(fd).size
    const line: ScannedLine = {
      sequence: first - 1,
      bytes: Buffer.alloc(0),
      text: '',
      start: 0,
      insightStart: 0,
      insightEnd: 0,
      length: 0,
    }
    let buffer = Buffer.allocUnsafe(chunkSize)
    let number = 0
    let chunkAt = 0
    const tracker = new GroupTracker(0)
    const faultOfGroup = (start: number, end: number) =>
      hasGaps || line.sequence < groupedFrom
        ? tracker.skip(chunkAt + end + 1)
        : tracker.add(buffer, start, { end: chunkAt + end + 1, sequence: line.sequence })
    while (chunkAt < size) {
      const length = readFully(fd, buffer, chunkAt)
      line.bytes = buffer
      line.text = buffer.toString('latin1', 0, length)
      let start = 0
      for (let end = line.text.indexOf('\n'); end >= 0; end = line.text.indexOf('\n', start)) {
        number++
        const found = hasGaps ? sequenceOf(buffer, start, end) : undefined
        line.sequence = found !== undefined && found > line.sequence ? found : line.sequence + 1
        line.start = start
        line.insightStart = insightStart(buffer, start, line.sequence)
        line.insightEnd = end - 1
        line.length = end + 1 - start
        const message =
          faultOfLine(buffer, start, end, line.sequence) ?? faultOfGroup(start, end) ?? visit(line)
        if (message !== undefined) return { path, line: number, offset: chunkAt + start, message }
        start = end + 1
      }
      const atEnd = chunkAt + length === size
      if (atEnd && start < length)
        return { path, line: number + 1, offset: chunkAt + start, message: 'has no end' }
      // A line longer than the buffer.
      if (start === 0) buffer = Buffer.allocUnsafe(buffer.length * 2)
      chunkAt += start
    }
    return tracker.isWhole
      ? undefined
      : { path, line: number, offset: size, message: 'belongs to a write that did not end' }
  } finally {
    closeSync(fd)
  }
}

/** Fills the buffer from a position, unless the file ends before; gives the bytes read. */
function readFully(fd: number, buffer: Buffer, position: number): number {
  let filled = 0
  while (filled < buffer.length) {
    const got = readSync(fd, buffer, filled, buffer.length - filled, position + filled)
    if (got === 0) break
    filled += got
  }
  return filled
}
