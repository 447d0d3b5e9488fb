import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../program/failure.ts'
import { manifestName } from '../format/manifest.ts'
import { lockDirectory } from '../write/lock.ts'
import { type CopyReport, copyJournal } from './backup.ts'
import type { OnProgress } from './verify.ts'

/**
 * Puts a backup in the place of a journal: `to` must hold none, and no server may use it. The log keeps its
 * epoch, so that clients go on by their positions; those which are behind the backup are told to start over.
 */
export async function restoreJournal(from: string, to: string, onProgress: OnProgress): Promise<CopyReport> {
  if (existsSync(join(to, manifestName)))
    throw new Failure('failed', `${to} holds a journal already`, {
      hint: 'move it away first; nothing was changed',
    })
  const lock = lockDirectory(to)
  try {
    return await copyJournal(from, to, onProgress)
  } finally {
    lock.release()
  }
}
