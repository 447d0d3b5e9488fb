import type { DurableLog } from '../index/durable-log.ts'
import type { IndexJobs } from '../index/index-jobs.ts'
import type { Latest } from '../index/latest.ts'
import { openSegment, type Segment } from '../index/segment.ts'

/**
 * Drops from neighbouring segments, which the index has, what is superseded and the latest versions that are
 * not to be kept, and joins them. The log must be incomplete there already (`completeFrom`).
 */
export async function rewriteSegments(
  log: DurableLog,
  jobs: IndexJobs,
  old: readonly Segment[],
  keeps: (latest: Latest) => boolean,
): Promise<void> {
  const [head] = old
  if (!head) return
  const rows = old.flatMap(({ first, next }) => log.index.between(first, next))
  // What a newer layer supersedes stays until that is in the index, too.
  const forget = rows.filter((row) => !keeps(row) && log.isLatest(row, -1))
  const dropped = new Set(forget)
  const kept = rows.filter((row) => !dropped.has(row)).map(({ sequence }) => sequence)
  const { groupedFrom } = log.manifest
  const job = {
    kind: 'rewrite',
    old: old.map(({ path, first, hasGaps }) => ({
      path,
      first,
      hasGaps: hasGaps || first < log.first,
      groupedFrom,
    })),
    kept,
    forget: forget.map(({ sequence }) => sequence),
  } as const
  const refresh = () => {
    log.forget(forget)
    const row = log.index.segments().find(({ first }) => first === head.first)
    const segment = row && openSegment(head.path, row, { hasGaps: true })
    if (segment) {
      // The index counts what it has; layers may know better.
      segment.latest = Math.min(segment.latest, sum(old, 'latest') - forget.length)
      segment.latestResolved = Math.min(segment.latestResolved, sum(old, 'latestResolved'))
    }
    log.segments.splice(log.segments.indexOf(head), old.length, ...(segment ? [segment] : []))
    for (const one of old) one.close()
  }
  await jobs.run(job, refresh, () => log.index.refresh())
}

const sum = (segments: readonly Segment[], what: 'latest' | 'latestResolved') =>
  segments.reduce((total, segment) => total + segment[what], 0)
