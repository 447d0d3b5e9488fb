import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { arrivalOf, checksumOf } from '../format/line.ts'
import { type Manifest, manifestName, newEpoch, readManifest, writeManifest } from '../format/manifest.ts'
import { scanSegment } from '../format/scan.ts'
import { DurableLog } from '../index/durable-log.ts'
import { readFacts } from '../index/line-facts.ts'
import { parseSegmentName, Segment } from '../index/segment.ts'
import { checkStop } from './check-stop.ts'
import { DamagedJournal } from './damaged-journal.ts'
import { openSealed } from './sealed-segments.ts'
import { type SegmentFile, segmentFiles } from './segment-files.ts'
import { cutUnfinishedWrite } from './unfinished-write.ts'

export interface RecoveryOptions {
  readonly logger: Logger
  readonly now: () => number
  /** Told of each place where what is read turns out not to be what was written, once. */
  readonly onDamage: (place: string, fault: string) => void
}

/**
 * Opens the log: reads back its last segment, and of the others what the index does not know yet. Cuts off what an
 * interrupted write left at the end. Any other damage is refused with a {@link DamagedJournal} that names file and line.
 */
export function recoverLog(directory: string, options: RecoveryOptions): DurableLog {
  const { logger, onDamage } = options
  const known = findManifest(directory)
  const files = segmentFiles(directory, known, logger)
  const manifest = { ...known, completeFrom: known.completeFrom || files[0]!.first }
  const last = files.at(-1)!
  if (manifest.stop) checkStop(last, manifest.groupedFrom, manifest.stop)
  else cutUnfinishedWrite(directory, last, manifest.groupedFrom, options)
  const sealed = openSealed(directory, files.slice(0, -1), manifest, logger)
  const segments = [...sealed.segments]
  try {
    checkContinuity(segments, last, manifest.completeFrom)
    segments.push(new Segment(last.path, last.first))
    const { stop: _, ...rest } = manifest
    const log = new DurableLog({ manifest: rest, segments, index: sealed.index, onDamage })
    loadActive(log, manifest.groupedFrom)
    log.manifest = { ...rest, groupedFrom: Math.min(manifest.groupedFrom, log.head + 1) }
    writeManifest(directory, log.manifest)
    return log
  } catch (error) {
    for (const segment of segments) segment.close()
    sealed.index.close()
    throw error
  }
}

function checkContinuity(segments: readonly Segment[], last: SegmentFile, completeFrom: number): void {
  let next = completeFrom
  for (const segment of [...segments, { ...last, hasGaps: false, next: 0 }]) {
    if (segment.hasGaps) continue
    const { path, first } = segment
    if (first !== next)
      throw new DamagedJournal({
        path,
        line: 1,
        message: `begins at sequence ${first} where ${next} must follow`,
      })
    next = segment.next
  }
}

/** Reads the segment that will be written to. */
function loadActive(log: DurableLog, groupedFrom: number): void {
  const { active } = log
  const damage = scanSegment(active, groupedFrom, (line) => {
    const found = readFacts(line)
    if (found === undefined) return 'holds no insight'
    const { sequence, length, bytes, start } = line
    log.addLine({ alertId: found.id, sequence, facts: found.facts, length, isNew: false })
    log.head = sequence
    log.headChecksum = checksumOf(bytes, start)
    const at = Date.parse(arrivalOf(bytes, start, sequence))
    active.firstAt ??= at
    active.lastAt = at
    return undefined
  })
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
