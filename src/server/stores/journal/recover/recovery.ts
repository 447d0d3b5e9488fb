import { readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../program/failure.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { AlertTable } from '../index/alert-table.ts'
import { DurableLog } from '../index/durable-log.ts'
import { loadSegment } from './load-segment.ts'
import { takeOver } from './take-over.ts'
import { syncDirectory } from '../write/log-file.ts'
import { manifestName, newEpoch, readManifest, writeManifest } from '../format/manifest.ts'
import type { Damage } from '../format/scan.ts'
import { parseSegmentName, Segment, segmentName } from '../index/segment.ts'

/**
 * Reads the whole log back, checks every line, and cuts off what an interrupted write left at its
 * end. Any other damage is refused with a {@link DamagedJournal} that names file and line.
 */
export function recoverLog(directory: string, logger: Logger): DurableLog {
  const epoch = findEpoch(directory)
  const files = segmentFiles(directory, epoch, logger)
  const table = new AlertTable()
  const segments: Segment[] = []
  try {
    load(files, segments, table, logger)
  } catch (error) {
    for (const segment of segments) segment.close()
    throw error
  }
  table.loaded()
  return new DurableLog(epoch, segments, table)
}

function load(
  files: { path: string; first: number }[],
  segments: Segment[],
  table: AlertTable,
  logger: Logger,
): void {
  for (const [index, { path, first }] of files.entries()) {
    const expected = segments.at(-1)?.next ?? first
    if (first < expected && statSync(path).size === 0) {
      logger('warn', 'removed an empty file that is no part of the log', { file: path })
      rmSync(path)
      continue
    }
    if (first !== expected)
      throw new DamagedJournal({
        path,
        line: 1,
        words: `begins at sequence ${first} where ${expected} must follow`,
      })
    if (index === files.length - 1) takeOver(path, logger)
    const segment = new Segment(path, first)
    segments.push(segment)
    const damage = loadSegment(segment, table)
    if (damage === undefined) continue
    if (!damage.torn || index < files.length - 1) throw new DamagedJournal(damage)
    truncateSync(path, damage.offset)
    logger('warn', 'cut off an unfinished write', { file: path, line: damage.line, offset: damage.offset })
  }
}

/** The epoch in force; begins a log in a directory that holds none. */
function findEpoch(directory: string): string {
  const known = readManifest(directory)
  if (known !== undefined) return known
  const orphan = readdirSync(directory).find((name) => parseSegmentName(name))
  if (orphan !== undefined)
    throw new DamagedJournal({
      path: join(directory, orphan),
      line: 1,
      words: `belongs to a log that ${manifestName} does not name`,
    })
  const epoch = newEpoch()
  writeManifest(directory, epoch)
  return epoch
}

/** The log's files, oldest first, at least one. */
function segmentFiles(directory: string, epoch: string, logger: Logger): { path: string; first: number }[] {
  const files: { path: string; first: number }[] = []
  for (const name of readdirSync(directory).sort()) {
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
  return files
}

/** The log on disk is not what was written. */
export class DamagedJournal extends Failure {
  constructor(where: Pick<Damage, 'path' | 'line' | 'words'>) {
    super('failed', `the journal is damaged: ${where.path}:${where.line} ${where.words}`, {
      hint: 'nothing was changed; --repair sets the bad lines aside in a file of their own and goes on',
    })
  }
}
