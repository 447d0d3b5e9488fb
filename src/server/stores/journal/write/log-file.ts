import { closeSync, constants, fsyncSync, openSync, write } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { identityOf } from './lock.ts'

/** A segment open for writing: the few calls that the journal's promise of durability rests on. */
export interface LogFile {
  /** All of the bytes, at this position. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Resolves when what was written will survive a power cut. Rejects for good once that can't be known. */
  sync(): Promise<void>
  truncate(size: number): Promise<void>
  /** Whether its path still leads to this very file. */
  isInPlace(): boolean
  close(): Promise<void>
}

/** Opens a segment for writing; `create` makes it, and fails when it is there. */
export type OpenLogFile = (path: string, create: boolean) => Promise<LogFile>

const { O_CREAT, O_DSYNC, O_EXCL, O_RDWR, O_WRONLY } = constants
/**
 * On Linux a write that returns has synced itself, for half the wait of a write and an fdatasync.
 * Elsewhere the flag promises less than a sync does.
 */
const syncing = process.platform === 'linux' ? O_DSYNC : 0

export const openLogFile: OpenLogFile = async (path, create) => {
  const file = await open(path, (create ? O_CREAT | O_EXCL | O_WRONLY : O_RDWR) | syncing, 0o600)
  const { dev, ino } = await file.stat({ bigint: true })
  let unsynced = false
  /** Set when nobody can tell what a write has left on the disk. */
  let lost: unknown
  return {
    async write(bytes, position) {
      unsynced ||= syncing === 0
      try {
        await writeFully(file, bytes, position)
      } catch (error) {
        if (!isRefusal(error)) lost = error
        throw error
      }
    },
    async sync() {
      if (lost !== undefined) throw lost
      if (!unsynced) return
      await file.datasync()
      unsynced = false
    },
    async truncate(size) {
      unsynced = true
      await file.truncate(size)
    },
    isInPlace: () => identityOf(path) === `${dev}:${ino}`,
    close: () => file.close(),
  }
}

/** The disk has no room, which leaves what is on it as it was. */
const isRefusal = (error: unknown) =>
  error instanceof Error && 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code))

/** By a callback: under many small appends the promises of a file handle cost as much as the write. */
function writeFully({ fd }: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let written = 0
  const next = () => write(fd, bytes, written, bytes.length - written, position + written, done)
  const done = (error: Error | null, count: number) => {
    if (error) return reject(error)
    written += count
    if (written < bytes.length) next()
    else resolve()
  }
  next()
  return promise
}

/** Makes what was written to a file survive a power cut. */
export function syncFile(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Makes the creation, renaming or removal of files in a directory survive a power cut. */
export const syncDirectory = (path: string): void => syncFile(path)
