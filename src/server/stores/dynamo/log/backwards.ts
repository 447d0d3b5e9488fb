import type { Batch } from './batch.ts'
import type { Tail } from './tail.ts'

/** Batches from a position to the oldest: first what is in memory, then the table. */
export async function* backwards(tail: Tail, head: number): AsyncGenerator<Batch> {
  const ring = tail.recent().filter(({ last }) => last <= head)
  yield* ring.toReversed()
  const from = (ring[0]?.first ?? head + 1) - 1
  if (from > 0) yield* tail.table.backwards(from)
}
