import type { Logger } from '../../../telemetry/logger.ts'
import { resolvedStatus } from '../format/facts.ts'
import { writeManifest } from '../format/manifest.ts'
import type { DurableLog } from '../index/durable-log.ts'
import type { IndexJobs } from '../index/index-jobs.ts'
import type { Segment } from '../index/segment.ts'
import { rewriteSegments } from './rewrite.ts'

/**
 * How much of the log is kept. Whatever is not resolved keeps its latest version, however old it is and however
 * many there are.
 */
export interface Retention {
  /**
   * What has no newer version, and what is resolved, goes this long after it arrived, in milliseconds. Segments span
   * at most an eighth of it, so nothing stays longer than nine eighths.
   */
  readonly maxAgeMs?: number | undefined
  /**
   * How many entries (versions of alerts, not alerts) are kept. Superseded versions go first, the oldest
   * before the others; then what is resolved. Up to an eighth more stays, so that little is written again.
   */
  readonly maxInsights?: number | undefined
}

const share = 8

/** Whether a segment should be closed, so that retention need not wait for it to grow to its full size. */
export function spansEnough(segment: Segment, { maxAgeMs, maxInsights }: Retention, now: number): boolean {
  if (maxInsights !== undefined && segment.count >= maxInsights / share) return true
  return maxAgeMs !== undefined && segment.firstAt !== undefined && now - segment.firstAt >= maxAgeMs / share
}

/** Whether a segment's entries are all too old. */
export const isOutdated = (segment: Segment, { maxAgeMs }: Retention, now: number): boolean =>
  maxAgeMs !== undefined && segment.lastAt !== undefined && now - segment.lastAt >= maxAgeMs

interface Options {
  readonly directory: string
  readonly jobs: IndexJobs
  readonly retention: Retention
  readonly logger: Logger
  readonly now: number
  /** Segments that retention has left little of are joined up to this size. */
  readonly segmentBytes: number
}

/** Drops what may go. A position before it is `expired` from then on. */
export async function applyRetention(log: DurableLog, options: Options): Promise<void> {
  const { logger } = options
  for (const { segment, withResolved } of dueSegments(log, options)) {
    const { count } = segment
    raiseFloor(log, segment.next, options.directory)
    await rewriteSegments(
      log,
      options.jobs,
      [segment],
      ({ status }) => !(withResolved && status === resolvedStatus),
    )
    const left = log.segments.find(({ first }) => first === segment.first)?.count ?? 0
    logger('info', 'retention dropped entries', { file: segment.path, dropped: count - left, kept: left })
  }
  await joinSmall(log, options.jobs, options.segmentBytes)
}

/** The segments to drop from, and whether what is resolved goes with what is superseded. */
function dueSegments(log: DurableLog, { retention, now }: Options) {
  const due = new Map<Segment, boolean>()
  // What is not in the index yet has to wait.
  const sealed = log.segments.filter(({ first }) => first < log.layers[0]!.segment.first)
  let total = log.segments.reduce((sum, { count }) => sum + count, 0)
  const add = (segment: Segment, withResolved: boolean) => {
    if (due.get(segment) ?? false) return
    total -= droppable(segment, withResolved) - (due.has(segment) ? droppable(segment, false) : 0)
    due.set(segment, withResolved)
  }
  for (const segment of sealed)
    if (isOutdated(segment, retention, now) && (isWorthIt(segment, true) || segment.first >= log.first))
      add(segment, true)
  const max = retention.maxInsights ?? Infinity
  if (total - max >= Math.max(1, Math.floor(max / share)))
    for (const withResolved of [false, true])
      for (const segment of sealed)
        if (total > max && isWorthIt(segment, withResolved)) add(segment, withResolved)
  return [...due]
    .map(([segment, withResolved]) => ({ segment, withResolved }))
    .sort((a, b) => a.segment.first - b.segment.first)
}

function droppable({ count, latest, latestResolved }: Segment, withResolved: boolean): number {
  return count - latest + (withResolved ? latestResolved : 0)
}

/** Writing a segment again for a few lines costs more than they take. */
const isWorthIt = (segment: Segment, withResolved: boolean): boolean =>
  droppable(segment, withResolved) >= Math.max(1, segment.count / share)

/** Notes that the log has gaps before a sequence, which must be on disk before there are any. */
export function raiseFloor(log: DurableLog, completeFrom: number, directory: string): void {
  if (completeFrom <= log.first) return
  const manifest = { ...log.manifest, completeFrom }
  writeManifest(directory, manifest)
  log.manifest = manifest
}

/** Joins neighbours of about the same size below the floor, so that what is left of many segments is not many files. */
export async function joinSmall(log: DurableLog, jobs: IndexJobs, segmentBytes: number): Promise<void> {
  for (let at = log.segments.length - 2; at > 0; at = Math.min(at, log.segments.length - 1) - 1) {
    const pair = log.segments.slice(at - 1, at + 1)
    const [older, newer] = pair as [Segment, Segment]
    if (newer.first >= log.first || older.size > newer.size * 2) continue
    if (older.size + newer.size > segmentBytes) continue
    await rewriteSegments(log, jobs, pair, () => true)
  }
}
