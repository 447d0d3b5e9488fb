import { closeSync, fsyncSync, openSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** A segment open for writing: the few calls that the journal's promise of durability rests on. */
export interface LogFile {
  /** All of the bytes, at this position. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Resolves when what was written will survive a power cut (fdatasync). */
  sync(): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
}

/** Opens a segment for writing; `create` makes it, empty. */
export type OpenLogFile = (path: string, create: boolean) => Promise<LogFile>

export const openLogFile: OpenLogFile = async (path, create) => {
  const file = await open(path, create ? 'w' : 'r+')
  return {
    write: (bytes, position) => writeFully(file, bytes, position),
    sync: () => file.datasync(),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  }
}

async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0
  while (written < bytes.length) {
    const result = await file.write(bytes, written, bytes.length - written, position + written)
    written += result.bytesWritten
  }
}

/** Makes the creation, renaming or removal of files in a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
