import { setImmediate as turn } from 'node:timers/promises'
import { checksumOf } from '../format/line.ts'
import { examineLastSegment } from '../recover/last-segment.ts'
import { checkSegment } from './check-segment.ts'
import { type JournalFile, type JournalFiles, listJournal, readIfThere } from './journal-files.ts'

/** Told how far the work is, in bytes. */
export type OnProgress = (done: number, total: number) => void

export interface VerifyReport {
  readonly segments: number
  readonly insights: number
  /** Bytes of segments. */
  readonly bytes: number
  /** Bytes behind the last whole write, which nobody was told are safe. */
  readonly unfinished: number
  readonly damage: readonly { readonly path: string; readonly line: number; readonly message: string }[]
}

/** How often a journal is read from the start when its server changes older segments meanwhile. */
const maxTries = 10

/**
 * Checks every line of a journal, also of one that a server is writing to, and changes nothing. Throws a
 * {@link Failure} where there is no journal.
 */
export async function verifyJournal(directory: string, onProgress: OnProgress): Promise<VerifyReport> {
  for (let tries = 1; ; tries++) {
    const report = await verifyOnce(listJournal(directory), onProgress)
    if (report) return report
    if (tries === maxTries) throw new Error(`${directory} changes all the time`)
  }
}

/** Undefined when a segment was replaced under it. */
async function verifyOnce(
  { manifest, files }: JournalFiles,
  onProgress: OnProgress,
): Promise<VerifyReport | undefined> {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  const damage: { path: string; line: number; message: string }[] = []
  let [bytes, insights, unfinished] = [0, 0, 0]
  let next: number | undefined
  for (const file of files) {
    const content = readIfThere(file.path)
    if (!content) return undefined
    const checked = checkFile(content, file, { manifest, files })
    const hasGaps = file.first < manifest.completeFrom
    const expected = hasGaps ? file.first : Math.max(manifest.completeFrom, next ?? 0)
    if (file.first !== expected)
      damage.push({
        path: file.path,
        line: 1,
        message: `begins at sequence ${file.first} where ${expected} must follow`,
      })
    for (const one of checked.damage) damage.push({ path: file.path, ...one })
    insights += checked.lines
    unfinished += checked.unfinished
    next = checked.next
    onProgress((bytes += file.size), total)
    await turn()
  }
  return { segments: files.length, insights, bytes, unfinished, damage }
}

/** A segment's lines; of the last one, only what its last whole write has left, unless it should have ended cleanly. */
export function checkFile(content: Buffer, file: JournalFile, { manifest, files }: JournalFiles) {
  const { first } = file
  const { groupedFrom, stop } = manifest
  const options = { first, groupedFrom, hasGaps: first < manifest.completeFrom }
  const isLast = file === files.at(-1)
  if (!isLast) return { ...checkSegment(content, options), unfinished: 0, whole: content }
  const { size, rest } = examineLastSegment(content, options)
  const isTorn = rest !== undefined && !rest.isRot && !stop
  const whole = isTorn ? content.subarray(0, size) : content
  const checked = checkSegment(whole, options)
  const message = stop && !rest ? differenceFrom(stop, file, whole) : undefined
  return {
    ...checked,
    damage: message === undefined ? checked.damage : [...checked.damage, { line: checked.lines, message }],
    unfinished: content.length - whole.length,
    whole,
  }
}

function differenceFrom(
  stop: { readonly segment: string; readonly size: number; readonly crc32: string },
  { name }: JournalFile,
  content: Buffer,
): string | undefined {
  const last =
    content.length === 0 ? '' : checksumOf(content, content.lastIndexOf('\n', content.length - 2) + 1)
  if (name === stop.segment && content.length === stop.size && last === stop.crc32) return undefined
  return 'is not where the log ended when it was closed'
}
