import type { Filter } from '../../../../protocol/filter/filter.ts'
import type { Entry, Snapshot } from '../../store.ts'
import { backwards } from './backwards.ts'
import { entriesOf } from './batch.ts'
import type { Tail } from './tail.ts'

/** The `limit` alerts that changed last and match: walks the log backwards. See `Store.snapshot`. */
export async function snapshot(
  tail: Tail,
  { limit, filter }: { readonly limit: number; readonly filter?: Filter | undefined },
  now: number,
): Promise<Snapshot> {
  const at = { epoch: tail.table.epoch, sequence: tail.head }
  const found: Entry[] = []
  const seen = new Set<string>()
  if (limit > 0)
    walk: for await (const batch of backwards(tail, at.sequence)) {
      if (batch.ttl * 1000 <= now) break
      const entries = entriesOf(at.epoch, batch, 0)
      for (const [index, { alertId }] of batch.versions.entries().toArray().toReversed()) {
        const entry = entries[index]
        if (seen.has(alertId) || !entry) continue
        seen.add(alertId)
        if (filter && !filter.matches(entry.insight)) continue
        found.push(entry)
        if (found.length === limit) break walk
      }
    }
  return { entries: found.toReversed(), at }
}
