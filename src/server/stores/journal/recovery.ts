import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../failure.ts'
import type { Log } from '../../log.ts'
import { AlertTable } from './alert-table.ts'
import { DurableLog } from './durable-log.ts'
import { loadSegment } from './load-segment.ts'
import { syncDirectory } from './log-file.ts'
import { manifestName, newEpoch, readManifest, writeManifest } from './manifest.ts'
import type { Damage } from './scan.ts'
import { parseSegmentName, Segment, segmentName } from './segment.ts'

/**
 * Reads the whole log back, checks every line, and cuts off what an interrupted write left at its
 * end. Any other damage is refused with a {@link Failure} that names file and line.
 */
export function recoverLog(directory: string, log: Log): DurableLog {
  const epoch = findEpoch(directory)
  const files = segmentFiles(directory, epoch, log)
  const table = new AlertTable()
  const segments: Segment[] = []
  for (const [index, { path, first }] of files.entries()) {
    const expected = segments.at(-1)?.next ?? first
    if (first !== expected)
      throw refusal({ path, line: 1, words: `begins at sequence ${first} where ${expected} must follow` })
    const segment = new Segment(path, first)
    segments.push(segment)
    const damage = loadSegment(segment, table)
    if (damage === undefined) continue
    if (!damage.torn || index < files.length - 1) throw refusal(damage)
    truncateSync(path, damage.offset)
    log('warn', 'cut off an unfinished write', { file: path, line: damage.line, offset: damage.offset })
  }
  table.loaded()
  return new DurableLog(epoch, segments, table)
}

/** The epoch in force; begins a log in a directory that holds none. */
function findEpoch(directory: string): string {
  const known = readManifest(directory)
  if (known !== undefined) return known
  const orphan = readdirSync(directory).find((name) => parseSegmentName(name))
  if (orphan !== undefined)
    throw refusal({
      path: join(directory, orphan),
      line: 1,
      words: `belongs to no ${manifestName}, which is missing`,
    })
  const epoch = newEpoch()
  writeManifest(directory, epoch)
  return epoch
}

/** The log's files, oldest first, at least one. */
function segmentFiles(directory: string, epoch: string, log: Log): { path: string; first: number }[] {
  const files: { path: string; first: number }[] = []
  for (const name of readdirSync(directory).sort()) {
    const parsed = parseSegmentName(name)
    if (parsed === undefined) continue
    if (parsed.epoch === epoch) files.push({ path: join(directory, name), first: parsed.first })
    else log('warn', 'ignored a segment of another log', { file: join(directory, name) })
  }
  if (files.length === 0) {
    const path = join(directory, segmentName(epoch, 1))
    writeFileSync(path, '')
    syncDirectory(directory)
    files.push({ path, first: 1 })
  }
  return files
}

const refusal = ({ path, line, words }: Pick<Damage, 'path' | 'line' | 'words'>) =>
  new Failure('failed', `the journal is damaged: ${path}:${line} ${words}`, {
    hint: 'nothing was changed; --repair sets the bad lines aside in a file of their own and goes on',
  })
