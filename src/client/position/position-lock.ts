import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export interface PositionLock {
  release(): void
}

/** SQLite's result code for a lock that another connection holds. */
const busy = 5

/**
 * Claims a position for this process; the process that holds it, where another one does. The lock is one of the
 * operating system's (SQLite takes it on an empty file), so it ends with its process, however that ends.
 */
export function lockPosition(file: string): PositionLock | { readonly holder: string } {
  const database = new DatabaseSync(`${file}.lock`, { timeout: 0 })
  const pidFile = `${file}.pid`
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    writeFileSync(pidFile, `${process.pid}\n`)
    return { release: () => database.close() }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy)
      return { holder: readPid(pidFile) }
    throw error
  }
}

/** Only for a message: whoever claimed last wrote it. */
function readPid(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
