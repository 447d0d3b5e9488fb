import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../../../telemetry/logger.ts'
import { scanSegment } from '../format/scan.ts'
import type { Manifest } from '../format/manifest.ts'
import { indexName } from '../index/index-database.ts'
import { IndexWriter, modifiedAt, type SealedFile } from '../index/index-writer.ts'
import { SealedIndex, type SegmentRow } from '../index/sealed-index.ts'
import { openSegment, type Segment } from '../index/segment.ts'
import { DamagedJournal } from './damaged-journal.ts'
import type { SegmentFile } from './segment-files.ts'

interface Sealed {
  readonly segments: Segment[]
  readonly index: SealedIndex
}

const logEvery = 50

/**
 * Opens the segments that are not written to any more, by the index. What is not in it yet is read, checked and added;
 * a file that was touched since is checked again. An index that does not fit the files is made anew.
 */
export function openSealed(
  directory: string,
  files: readonly SegmentFile[],
  manifest: Manifest,
  logger: Logger,
): Sealed {
  const path = join(directory, indexName)
  const sealed = files.map(({ path, first }) => ({
    path,
    first,
    hasGaps: first < manifest.completeFrom,
    groupedFrom: manifest.groupedFrom,
  }))
  try {
    return openWith(path, sealed, manifest, logger)
  } catch (error) {
    if (error instanceof DamagedJournal) throw error
    logger('warn', 'the index is made anew', {
      reason: error instanceof Error ? error.message : String(error),
    })
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
    return openWith(path, sealed, manifest, logger)
  }
}

function openWith(
  path: string,
  files: readonly SealedFile[],
  { epoch, completeFrom }: Manifest,
  logger: Logger,
): Sealed {
  const writer = new IndexWriter(path, epoch)
  try {
    const rows = new Map(writer.segments().map((row) => [row.first, row]))
    const gone = [...rows.keys()].filter((first) => !files.some((file) => file.first === first))
    if (gone.some((first) => first >= completeFrom)) throw new Error('a segment that it knows is gone')
    writer.replace(gone, undefined)
    let next = 0
    for (const [number, file] of files.entries()) {
      if (file.first < next && (file.hasGaps || statSync(file.path).size === 0)) {
        // What an interrupted compaction, or a process that had lost the directory, has left.
        logger('warn', 'removed a file whose lines are in the one before', { file: file.path })
        rmSync(file.path)
        writer.replace([file.first], undefined)
        continue
      }
      next = takeIn(file, rows.get(file.first), writer)
      if ((number + 1) % logEvery === 0)
        logger('info', 'opening the journal', { segments: number + 1, of: files.length })
    }
  } finally {
    writer.close()
  }
  const index = new SealedIndex(path)
  const segments = index.segments().map((row) => {
    const file = files.find(({ first }) => first === row.first)
    if (!file) throw new Error('it has a segment that is not there')
    return openSegment(file.path, row, file)
  })
  return { segments, index }
}

/** Makes the index right for a file; gives the sequence that follows it. */
function takeIn(file: SealedFile, row: SegmentRow | undefined, writer: IndexWriter): number {
  if (row && isAsIndexed(row, file)) return row.next
  if (!row && file.first <= writer.indexed) throw new Error('it does not know a segment')
  if (row) return recheck(file, row, writer)
  const damage = writer.add([file])
  if (damage) throw new DamagedJournal(damage)
  return writer.indexed + 1
}

const isAsIndexed = (row: SegmentRow, { path }: SealedFile): boolean =>
  statSync(path).size === row.size && modifiedAt(path) === row.modified

/** Somebody wrote to the file since it was indexed: a copy, perhaps, or damage. */
function recheck(file: SealedFile, row: SegmentRow, writer: IndexWriter): number {
  let [count, next] = [0, file.first]
  const damage = scanSegment(file, file.groupedFrom, (line) => {
    count++
    next = line.sequence + 1
    return undefined
  })
  if (damage) throw new DamagedJournal(damage)
  if (!file.hasGaps && next !== row.next)
    throw new DamagedJournal({
      path: file.path,
      line: Math.max(1, count),
      message: `is the end, where sequence ${row.next - 1} was`,
    })
  writer.replace([file.first], file)
  return next
}
