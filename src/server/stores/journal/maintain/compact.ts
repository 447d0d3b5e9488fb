import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../program/failure.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { manifestName } from '../format/manifest.ts'
import { indexName } from '../index/index-database.ts'
import { IndexJobs } from '../index/index-jobs.ts'
import { indexSealed } from '../write/index-sealed.ts'
import { Segment, segmentName } from '../index/segment.ts'
import { markStop } from '../recover/mark-stop.ts'
import { recoverLog } from '../recover/recovery.ts'
import { lockDirectory } from '../write/lock.ts'
import { syncDirectory } from '../write/log-file.ts'
import { joinSmall, raiseFloor } from '../write/retention.ts'
import { rewriteSegments } from '../write/rewrite.ts'
import type { OnProgress } from './verify.ts'

interface CompactReport {
  readonly insightsBefore: number
  readonly insights: number
  readonly bytesBefore: number
  readonly bytes: number
}

const segmentBytes = 32 * 1024 * 1024

/**
 * Drops every version but the latest of each alert, while no server uses the journal. Positions before the end
 * are `expired` from then on.
 */
export async function compactJournal(
  directory: string,
  { logger, onProgress }: { readonly logger: Logger; readonly onProgress: OnProgress },
): Promise<CompactReport> {
  if (!existsSync(join(directory, manifestName)))
    throw new Failure('failed', `there is no journal in ${directory}`)
  const lock = lockDirectory(directory)
  try {
    const log = recoverLog(directory, { logger, now: Date.now, onDamage: () => {} })
    const jobs = new IndexJobs({ path: join(directory, indexName), epoch: log.epoch })
    const count = () => log.segments.reduce((sum, segment) => sum + segment.count, 0)
    const size = () => log.segments.reduce((sum, segment) => sum + segment.size, 0)
    const [insightsBefore, bytesBefore] = [count(), size()]
    if (log.active.count > 0) {
      const path = join(directory, segmentName(log.epoch, log.active.next))
      writeFileSync(path, '', { mode: 0o600, flag: 'wx' })
      syncDirectory(directory)
      log.begin(new Segment(path, log.active.next))
      await indexSealed(log, jobs)
    }
    raiseFloor(log, log.active.first, directory)
    let done = 0
    for (const segment of log.segments.slice(0, -1)) {
      if (segment.latest < segment.count) await rewriteSegments(log, jobs, [segment], () => true)
      onProgress((done += segment.size), bytesBefore)
    }
    await joinSmall(log, jobs, segmentBytes)
    markStop(directory, log, logger)
    const report = { insightsBefore, insights: count(), bytesBefore, bytes: size() }
    await jobs.close()
    log.close()
    return report
  } finally {
    lock.release()
  }
}
