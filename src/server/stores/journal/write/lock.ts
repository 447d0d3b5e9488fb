import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../../../../program/failure.ts'
import { loadSqlite } from './load-sqlite.ts'

export interface Lock {
  /** Why the directory is no longer this process's, in words; undefined while it is. */
  fault(): string | undefined
  release(): void
}

/** SQLite's result code for a lock that another connection holds. */
const busy = 5

/**
 * Makes the directory if needed and claims it for this process. The lock is one of the operating
 * system's (SQLite takes it on an empty file), so it ends with its process, however that ends: no
 * stale lock, no reused process id, and two containers over one volume see each other. The lock is
 * on a file, and somebody may remove or replace that, so it is worth what {@link Lock.fault} says.
 *
 * Throws a {@link Failure} when another process holds it, or when the directory can't be used.
 */
export function lockDirectory(directory: string): Lock {
  const holder = join(directory, 'lock.pid')
  try {
    makeDirectory(directory)
    const lock = claim(join(directory, 'lock'))
    writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 })
    return lock
  } catch (error) {
    if (isBusy(error))
      throw new Failure('failed', `the journal in ${directory} is in use by process ${readPid(holder)}`, {
        hint: 'stop that process, or give this one a directory of its own',
        cause: error,
      })
    throw new Failure('failed', `cannot use ${directory} for the journal: ${messageOf(error)}`, {
      hint: 'name a directory that this user may create and write',
      cause: error,
    })
  }
}

function claim(path: string): Lock {
  createIfAbsent(path)
  const before = identityOf(path)
  const { DatabaseSync } = loadSqlite()
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    if (before === undefined || identityOf(path) !== before) throw new Error('the lock was replaced just now')
  } catch (error) {
    database.close()
    throw error
  }
  return {
    fault() {
      const now = identityOf(path)
      if (now === before) return undefined
      return now === undefined
        ? `${path} is gone: the directory was moved or removed, or another process may take it over`
        : `${path} was replaced: another process may have taken the directory over`
    },
    release: () => database.close(),
  }
}

/**
 * Never opens a file that is there: closing it would end the lock that another part of this process
 * may have on it.
 */
function createIfAbsent(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Which file a path leads to, wherever it was moved; undefined when there is none. */
export function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}

const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === busy

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** Only for the message: whoever claimed last wrote it. */
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
  mkdirSync(directory, 0o700)
}
