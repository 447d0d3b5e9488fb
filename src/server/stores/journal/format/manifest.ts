import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../../../../program/failure.ts'
import { syncDirectory } from '../write/log-file.ts'

const Epoch = z.string().regex(/^[0-9a-zA-Z_]{1,64}$/)

/** Where the log ended when it was closed. Gone while it is open, so that it is missing after a crash. */
const Stop = z.object({
  /** The last segment's name, and its size in bytes. */
  segment: z.string(),
  size: z.number(),
  /** The last line's; the checksum is empty where there is none in the segment. */
  sequence: z.number(),
  crc32: z.string(),
})
export type Stop = z.infer<typeof Stop>

/** `journal.json`: which of the files in the directory are the log. */
const Manifest = z.object({
  format: z.literal(2),
  epoch: Epoch,
  /** Lines from this sequence on stand in groups; those before were written by version 0.1. */
  groupedFrom: z.number(),
  /** From this sequence on the log has no gaps. Retention has left only some latest versions of what was before. */
  completeFrom: z.number(),
  /** The last time that was believed, while the clock is ahead of it; milliseconds since the epoch. */
  believedTime: z.number().optional(),
  stop: Stop.optional(),
})
export type Manifest = z.infer<typeof Manifest>

/** As version 0.1 wrote it: no line stands in a group. */
const FirstManifest = z
  .object({ format: z.literal(1), epoch: Epoch })
  .transform(({ epoch }): Manifest => ({ format: 2, epoch, groupedFrom: Infinity, completeFrom: 0 }))

export const manifestName = 'journal.json'

export const newEpoch = () => randomBytes(6).toString('hex')

/** Undefined when there is no manifest, or one that isn't ours. Throws a {@link Failure} for one of a later version. */
export function readManifest(directory: string): Manifest | undefined {
  let text: string
  try {
    text = readFileSync(join(directory, manifestName), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const content = parse(text)
  const { data: later } = z.object({ format: z.number().gt(2) }).safeParse(content)
  if (later !== undefined)
    throw new Failure(
      'failed',
      `the journal in ${directory} has the format ${later.format} of a later iops`,
      {
        hint: 'use the version that wrote it, or a later one',
      },
    )
  return z.union([Manifest, FirstManifest]).safeParse(content).data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Puts the manifest in place in one step: after a crash it is the old one or the new one. */
export function writeManifest(directory: string, manifest: Manifest): void {
  const temporary = join(directory, `${manifestName}.new`)
  const fd = openSync(temporary, 'w', 0o600)
  try {
    writeSync(fd, `${JSON.stringify(manifest)}\n`)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, join(directory, manifestName))
  syncDirectory(directory)
}
