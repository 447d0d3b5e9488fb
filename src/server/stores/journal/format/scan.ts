import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { faultOfLine, insightOffset } from './line.ts'

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
  readonly words: string
  /** Whether nothing but the end of an interrupted write can look like this. */
  readonly torn: boolean
}

const chunkSize = 256 * 1024

/**
 * Reads a segment's lines, the first of which must carry `first`, checks each, and hands it to
 * `visit`. Gives the damage at which it stopped, or undefined at a clean end. `visit` may name a
 * fault of its own.
 */
export function scanSegment(
  path: string,
  first: number,
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
    while (chunkAt < size) {
      const length = readFully(fd, buffer, chunkAt)
      line.bytes = buffer
      line.text = buffer.toString('latin1', 0, length)
      let start = 0
      for (let end = line.text.indexOf('\n'); end >= 0; end = line.text.indexOf('\n', start)) {
        number++
        line.sequence++
        line.start = start
        line.insightStart = start + insightOffset(line.sequence)
        line.insightEnd = end - 1
        line.length = end + 1 - start
        const words = faultOfLine(buffer, line.text, start, end, line.sequence) ?? visit(line)
        if (words !== undefined) {
          const torn = chunkAt + end + 1 === size && line.text.slice(start, end).includes('\0')
          return { path, line: number, offset: chunkAt + start, words, torn }
        }
        start = end + 1
      }
      const atEnd = chunkAt + length === size
      if (atEnd && start < length)
        return { path, line: number + 1, offset: chunkAt + start, words: 'has no end', torn: true }
      // A line longer than the buffer.
      if (start === 0) buffer = Buffer.allocUnsafe(buffer.length * 2)
      chunkAt += start
    }
    return undefined
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
