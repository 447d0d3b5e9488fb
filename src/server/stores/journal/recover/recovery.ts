import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { AlertTable } from '../index/alert-table.ts'
import { DurableLog } from '../index/durable-log.ts'
import { resolvedStatus } from '../format/facts.ts'
import { parseSegmentName, Segment, segmentOf } from '../index/segment.ts'
import { type Manifest, manifestName, newEpoch, readManifest, writeManifest } from '../format/manifest.ts'
import { checkStop } from './check-stop.ts'
import { DamagedJournal } from './damaged-journal.ts'
import { loadSegment } from './load-segment.ts'
import { type SegmentFile, segmentFiles } from './segment-files.ts'
import { cutUnfinishedWrite } from './unfinished-write.ts'

export interface RecoveryOptions {
  readonly logger: Logger
  readonly now: () => number
  /** Told of each place where what is read turns out not to be what was written, once. */
  readonly onDamage: (place: string, fault: string) => void
}

/**
 * Reads the whole log back, checks every line, and cuts off what an interrupted write left at its
 * end. Any other damage is refused with a {@link DamagedJournal} that names file and line.
 */
export function recoverLog(directory: string, options: RecoveryOptions): DurableLog {
  const { logger, onDamage } = options
  const manifest = findManifest(directory)
  const files = segmentFiles(directory, manifest, logger)
  const last = files.at(-1)!
  if (manifest.stop) checkStop(last, manifest.groupedFrom, manifest.stop)
  else cutUnfinishedWrite(directory, last, manifest.groupedFrom, options)
  const completeFrom = manifest.completeFrom || files[0]!.first
  const segments: Segment[] = []
  const table = new AlertTable((sequence, status, by) =>
    segmentOf(segments, sequence)?.countLatest(status === resolvedStatus, by),
  )
  try {
    for (const file of files) load(file, { ...manifest, completeFrom }, segments, table, logger)
  } catch (error) {
    for (const segment of segments) segment.close()
    throw error
  }
  table.loaded()
  const groupedFrom = Math.min(manifest.groupedFrom, segments.at(-1)!.next)
  const { stop: _, ...rest } = manifest
  const opened: Manifest = { ...rest, groupedFrom, completeFrom }
  const log = new DurableLog(opened, segments, table, onDamage)
  writeManifest(directory, opened)
  return log
}

function load(
  { path, first }: SegmentFile,
  { groupedFrom, completeFrom }: Manifest,
  segments: Segment[],
  table: AlertTable,
  logger: Logger,
): void {
  const hasGaps = first < completeFrom
  const next = segments.at(-1)?.next ?? first
  const expected = hasGaps ? Math.max(first, next) : Math.max(completeFrom, next)
  if (first < next && (hasGaps || statSync(path).size === 0)) {
    logger('warn', 'removed a file whose lines are in the one before', { file: path })
    rmSync(path)
    return
  }
  if (first !== expected)
    throw new DamagedJournal({
      path,
      line: 1,
      message: `begins at sequence ${first} where ${expected} must follow`,
    })
  const segment = new Segment(path, first, { hasGaps })
  segments.push(segment)
  const damage = loadSegment(segment, groupedFrom, table)
  if (damage !== undefined) throw new DamagedJournal(damage)
}

/** The manifest in force; begins a log in a directory that holds none. */
function findManifest(directory: string): Manifest {
  const known = readManifest(directory)
  if (known !== undefined) return known
  const orphan = readdirSync(directory).find((name) => parseSegmentName(name))
  if (orphan !== undefined)
    throw new DamagedJournal({
      path: join(directory, orphan),
      line: 1,
      message: `belongs to a log that ${manifestName} does not name`,
    })
  const manifest: Manifest = { format: 2, epoch: newEpoch(), groupedFrom: 1, completeFrom: 1 }
  writeManifest(directory, manifest)
  return manifest
}
