import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Failure } from '../../../../program/failure.ts'

export interface Lock {
  release(): void
}

/** SQLite's result code for a lock that another connection holds. */
const busy = 5

/**
 * Makes the directory if needed and claims it for this process. The lock is one of the operating
 * system's (SQLite takes it on an empty file), so it ends with its process, however that ends: no
 * stale lock, no reused process id, and two containers over one volume see each other.
 *
 * Throws a {@link Failure} when another process holds it, or when the directory can't be used.
 */
export function lockDirectory(directory: string): Lock {
  const holder = join(directory, 'lock.pid')
  try {
    makeDirectory(directory)
    const database = new DatabaseSync(join(directory, 'lock'), { timeout: 0 })
    try {
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      writeFileSync(holder, `${process.pid}\n`)
    } catch (error) {
      database.close()
      throw error
    }
    return { release: () => database.close() }
  } catch (error) {
    if (isBusy(error))
      throw new Failure('failed', `the journal in ${directory} is in use by process ${readPid(holder)}`, {
        hint: 'stop that process, or give this one a directory of its own',
        cause: error,
      })
    throw new Failure('failed', `cannot use ${directory} for the journal: ${words(error)}`, {
      hint: 'name a directory that this user may create and write',
      cause: error,
    })
  }
}

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === busy

const words = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Only for words: whoever claimed last wrote it. */
function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}

/** Node's own recursive mkdir never ends where a file system refuses with ENOENT, as /proc does. */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return
  const parent = dirname(directory)
  if (parent !== directory) makeDirectory(parent)
  mkdirSync(directory)
}
