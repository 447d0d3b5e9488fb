import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { syncFile } from '../write/log-file.ts'
import { DamagedJournal } from './damaged-journal.ts'
import { examineLastSegment } from './last-segment.ts'
import type { SegmentFile } from './segment-files.ts'
import { takeOver } from './take-over.ts'

/**
 * Makes the last segment, after a crash, end with its last whole group. What was behind it is set aside in
 * a file of its own: nobody was told that it is safe, and yet it may be of use.
 */
export function cutUnfinishedWrite(
  directory: string,
  { path, first }: SegmentFile,
  groupedFrom: number,
  { logger, now }: { readonly logger: Logger; readonly now: () => number },
): void {
  takeOver(path, logger)
  const bytes = readFileSync(path)
  const { size, rest } = examineLastSegment(bytes, { first, groupedFrom })
  if (rest === undefined) return
  const { line, message, isRot } = rest
  if (isRot) throw new DamagedJournal({ path, line, message })
  const aside = setAside(directory, bytes.subarray(size), now())
  truncateSync(path, size)
  syncFile(path)
  logger('warn', 'cut off an unfinished write', {
    file: path,
    line,
    offset: size,
    reason: message,
    set_aside: aside,
  })
}

/** The file's path; undefined when there is nothing to keep, or no room for it. */
function setAside(directory: string, bytes: Buffer, now: number): string | undefined {
  if (bytes.every((byte) => byte === 0)) return undefined
  const path = join(directory, `unfinished-${new Date(now).toISOString().replaceAll(':', '-')}`)
  try {
    writeFileSync(path, bytes, { mode: 0o600, flush: true })
    return path
  } catch {
    return undefined
  }
}
