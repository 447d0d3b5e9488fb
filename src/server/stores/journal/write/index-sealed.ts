import type { DurableLog } from '../index/durable-log.ts'
import type { IndexJobs } from '../index/index-jobs.ts'

/** Brings into the index what is not written to any more and not in it yet, so that memory has to hold only the rest. */
export async function indexSealed(log: DurableLog, jobs: IndexJobs): Promise<void> {
  while (log.layers.length > 1) {
    const sealed = log.layers.slice(0, -1).map(({ segment }) => segment)
    const { groupedFrom } = log.manifest
    const files = sealed.map(({ path, first }) => ({ path, first, hasGaps: false, groupedFrom }))
    await jobs.run(
      { kind: 'add', files },
      () => log.dropLayers(sealed.length),
      () => log.index.refresh(),
    )
  }
}
