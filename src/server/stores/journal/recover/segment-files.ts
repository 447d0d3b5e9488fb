import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import type { Manifest } from '../format/manifest.ts'
import { parseSegmentName, segmentName } from '../index/segment.ts'
import { syncDirectory } from '../write/log-file.ts'
import { examineLastSegment } from './last-segment.ts'

/** A segment's path, and the sequence that it begins with. */
export interface SegmentFile {
  readonly path: string
  readonly first: number
}

/** The log's files, oldest first, at least one; the last one is the one to be written. */
export function segmentFiles(directory: string, manifest: Manifest, logger: Logger): SegmentFile[] {
  const { epoch } = manifest
  const files: SegmentFile[] = []
  for (const name of readdirSync(directory).sort()) {
    if (isLeftover(name)) rmSync(join(directory, name))
    const parsed = parseSegmentName(name)
    if (parsed === undefined) continue
    if (parsed.epoch === epoch) files.push({ path: join(directory, name), first: parsed.first })
    else logger('warn', 'ignored a segment of another log', { file: join(directory, name) })
  }
  if (files.length === 0) {
    const path = join(directory, segmentName(epoch, 1))
    writeFileSync(path, '', { mode: 0o600 })
    syncDirectory(directory)
    files.push({ path, first: 1 })
  }
  dropStray(files, manifest, logger)
  for (const { path } of files) makePrivate(path)
  return files
}

/** A process that had lost the directory may have left the beginning of a segment that the log went on past. */
function dropStray(files: SegmentFile[], { groupedFrom }: Manifest, logger: Logger): void {
  const last = files.at(-1)
  const before = files.at(-2)
  if (!last || !before || statSync(last.path).size > 0) return
  const { next } = examineLastSegment(readFileSync(before.path), { first: before.first, groupedFrom })
  if (next <= last.first) return
  logger('warn', 'removed an empty file that is no part of the log', { file: basename(last.path) })
  rmSync(last.path)
  files.pop()
}

/** Version 0.1 let everybody read its files. */
function makePrivate(path: string): void {
  try {
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
  } catch {
    // Another user's file, which this one may write: that is for its owner to say.
  }
}

/** A copy that was not finished. */
const isLeftover = (name: string) =>
  /\.(?:new|copy)$/.test(name) && parseSegmentName(name.replace(/\.\w+$/, '')) !== undefined
