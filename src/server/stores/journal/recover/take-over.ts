import { chmodSync, constants, copyFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { syncDirectory, syncFile } from '../write/log-file.ts'

/**
 * Puts a copy of a segment in its place. A process that was paused while it wrote to it, and whose
 * lock somebody has removed, then writes to a file that is no part of the log any more.
 */
export function takeOver(path: string, logger: Logger): void {
  const copy = `${path}.copy`
  try {
    copyFileSync(path, copy, constants.COPYFILE_FICLONE)
    chmodSync(copy, 0o600)
    syncFile(copy)
    renameSync(copy, path)
    syncDirectory(dirname(path))
  } catch (error) {
    rmSync(copy, { force: true })
    if (!hasNoRoom(error)) throw error
    logger('warn', 'the last segment stays the file it was: the disk has no room for a copy', { file: path })
  }
}

const hasNoRoom = (error: unknown) =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT'].includes(String(error.code))
