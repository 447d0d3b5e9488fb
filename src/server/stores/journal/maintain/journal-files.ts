import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../program/failure.ts'
import { type Manifest, readManifest } from '../format/manifest.ts'
import { parseSegmentName } from '../index/segment.ts'

/** One segment of a journal that another process may be writing to. */
export interface JournalFile {
  readonly name: string
  readonly path: string
  readonly first: number
  /** Bytes. */
  readonly size: number
  /** Changes when the file is replaced. */
  readonly identity: string
}

export interface JournalFiles {
  readonly manifest: Manifest
  /** Oldest first. */
  readonly files: readonly JournalFile[]
}

/** What a directory holds of a journal. Throws a {@link Failure} when it holds none. */
export function listJournal(directory: string): JournalFiles {
  const manifest = manifestOf(directory)
  const files = readdirSync(directory)
    .sort()
    .flatMap((name): JournalFile[] => {
      const parsed = parseSegmentName(name)
      const path = join(directory, name)
      const stats = parsed?.epoch === manifest.epoch ? statSync(path, { throwIfNoEntry: false }) : undefined
      if (!parsed || !stats) return []
      return [{ name, path, first: parsed.first, size: stats.size, identity: `${stats.dev}:${stats.ino}` }]
    })
  return { manifest: { ...manifest, completeFrom: manifest.completeFrom || (files[0]?.first ?? 1) }, files }
}

function manifestOf(directory: string): Manifest {
  const manifest = readManifest(directory)
  if (manifest) return manifest
  throw new Failure('failed', `there is no journal in ${directory}`, {
    hint: 'name the directory that serve --store was given',
  })
}

/** A file's bytes; undefined when it is not there any more. */
export function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
