import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { checksumOf } from '../format/line.ts'
import type { Stop } from '../format/manifest.ts'
import { DamagedJournal } from './damaged-journal.ts'
import { examineLastSegment } from './last-segment.ts'
import type { SegmentFile } from './segment-files.ts'

const newline = 0x0a

/** Refuses a log that does not end where it ended when it was closed. */
export function checkStop({ path, first }: SegmentFile, groupedFrom: number, stop: Stop): void {
  const message = differenceFrom(stop, path)
  if (message === undefined) return
  const bytes = readFileSync(path)
  const { next, rest } = examineLastSegment(bytes, { first, groupedFrom })
  throw new DamagedJournal({ path, ...(rest ?? { line: Math.max(1, next - first), message }) })
}

function differenceFrom(stop: Stop, path: string): string | undefined {
  const closed = 'when the log was closed'
  if (basename(path) !== stop.segment) return `is the last segment, which was ${stop.segment} ${closed}`
  const { size } = statSync(path)
  if (size !== stop.size) return `is the end of ${size} bytes, which were ${stop.size} ${closed}`
  if (size > 0 && lastChecksum(path, size) !== stop.crc32) return `is another last line than ${closed}`
  return undefined
}

/** The checksum that the last line carries. */
function lastChecksum(path: string, size: number): string {
  const bytes = readEnd(path, size)
  return checksumOf(bytes, bytes.lastIndexOf(newline, bytes.length - 2) + 1)
}

/** The end of a file, which holds its last line whole. */
function readEnd(path: string, size: number): Buffer {
  const fd = openSync(path, 'r')
  try {
    for (let length = 64 * 1024; ; length *= 4) {
      const bytes = Buffer.alloc(Math.min(length, size))
      readSync(fd, bytes, 0, bytes.length, size - bytes.length)
      if (length >= size || bytes.lastIndexOf(newline, bytes.length - 2) >= 0) return bytes
    }
  } finally {
    closeSync(fd)
  }
}
