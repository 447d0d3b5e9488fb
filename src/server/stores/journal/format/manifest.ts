import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { syncDirectory } from '../write/log-file.ts'

/** `journal.json`: which of the files in the directory are the log. */
const Manifest = z.object({ format: z.literal(1), epoch: z.string().regex(/^[0-9a-zA-Z_]{1,64}$/) })

export const manifestName = 'journal.json'

export const newEpoch = () => randomBytes(6).toString('hex')

/** The log's epoch; undefined when there is no manifest, or one that isn't ours. */
export function readManifest(directory: string): string | undefined {
  let text: string
  try {
    text = readFileSync(join(directory, manifestName), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  try {
    return Manifest.parse(JSON.parse(text)).epoch
  } catch {
    return undefined
  }
}

/** Puts the manifest in place in one step: after a crash it is the old one or the new one. */
export function writeManifest(directory: string, epoch: string): void {
  const temporary = join(directory, `${manifestName}.new`)
  const fd = openSync(temporary, 'w', 0o600)
  try {
    writeSync(fd, `${JSON.stringify({ format: 1, epoch })}\n`)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, join(directory, manifestName))
  syncDirectory(directory)
}
