import { closeSync, fsyncSync, openSync, renameSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { arrivalOf } from '../format/line.ts'
import { LineBuffer } from '../format/line-buffer.ts'
import { scanSegment } from '../format/scan.ts'
import { syncDirectory } from '../write/log-file.ts'
import type { SealedFile } from './index-writer.ts'

/** Written at once. */
const groupBytes = 256 * 1024

/**
 * Writes the lines of neighbouring segments that have one of these sequences into one, in the place of the first; nothing
 * stands there when there are none. A crash leaves the old files or the new one, or both, and then the
 * lines that are there twice are known by their sequences. Throws where a line is damaged.
 */
export function writeKept(old: readonly SealedFile[], kept: ReadonlySet<number>): void {
  const { path } = old[0]!
  if (kept.size > 0) writeDurably(path, (write) => copyLines(old, kept, write))
  for (const one of kept.size > 0 ? old.slice(1) : old) unlinkSync(one.path)
  syncDirectory(dirname(path))
}

function copyLines(
  old: readonly SealedFile[],
  kept: ReadonlySet<number>,
  write: (bytes: Buffer) => void,
): void {
  const lines = new LineBuffer()
  for (const file of old) {
    const damage = scanSegment(
      file,
      file.groupedFrom,
      ({ sequence, bytes, start, insightStart, insightEnd }) => {
        if (!kept.has(sequence)) return undefined
        lines.add(
          sequence,
          arrivalOf(bytes, start, sequence),
          bytes.toString('utf8', insightStart, insightEnd),
        )
        if (lines.length >= groupBytes) write(lines.take().bytes)
        return undefined
      },
    )
    if (damage) throw new Error(`${damage.path}:${damage.line} ${damage.message}`)
  }
  write(lines.take().bytes)
}

function writeDurably(path: string, fill: (write: (bytes: Buffer) => void) => void): void {
  const temporary = `${path}.new`
  const fd = openSync(temporary, 'w', 0o600)
  try {
    fill((bytes) => {
      for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written)
    })
    fsyncSync(fd)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
}
