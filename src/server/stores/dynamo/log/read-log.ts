import { setTimeout as sleep } from 'node:timers/promises'
import type { Cursor, ResetReason } from '../../../../protocol/cursor.ts'
import { type EntryBatch, type ReadOptions, StoreUnavailable } from '../../store.ts'
import { type Batch, entriesOf } from './batch.ts'
import type { Tail } from './tail.ts'

interface Options extends ReadOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The log after a position, then what comes; see `Store.read`. */
export async function* readLog(
  tail: Tail,
  after: Cursor,
  { signal, isWatched, now }: Options,
): AsyncGenerator<EntryBatch | { readonly reset: ResetReason }> {
  const { epoch } = tail.table
  tail.checkFollowing()
  if (after.epoch !== epoch) return yield { reset: 'foreign' }
  // Another node may have written what this one has not read yet.
  if (after.sequence > tail.head) await tail.catchUp()
  if (after.sequence > tail.head) return yield { reset: 'ahead' }
  let at = after.sequence
  let checked = false
  while (!signal.aborted && !tail.closed) {
    if (at < tail.head) {
      const batches = await retried(() => following(tail, at), signal)
      const [next] = batches
      // DynamoDB deletes late and in no order. What has outlived its time is gone, there or not.
      const gone = next === undefined || next.first > at + 1 || (!checked && next.ttl * 1000 <= now())
      if (signal.aborted) return
      if (gone) return yield { reset: 'expired' }
      for (const batch of batches) {
        const entries = entriesOf(epoch, batch, at)
        at = batch.last
        yield { entries, next: { epoch, sequence: at } }
        if (signal.aborted) return
      }
    }
    checked = true
    await tail.grown(at, signal, isWatched)
  }
  if (!signal.aborted) tail.checkFollowing()
}

/** Batches from the one that holds the entry after `sequence`. */
async function following(tail: Tail, sequence: number): Promise<Batch[]> {
  const inMemory = tail.after(sequence)
  if (inMemory) return inMemory
  const rest = await tail.table.after(sequence)
  if (rest[0]?.first === sequence + 1) return rest
  const holder = await tail.table.upTo(sequence + 1)
  return holder && holder.last > sequence ? [holder] : []
}

/** A reader waits out what a writer would be told of. */
async function retried(work: () => Promise<Batch[]>, signal: AbortSignal): Promise<Batch[]> {
  while (!signal.aborted)
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await sleep(1000, undefined, { signal }).catch(() => {})
    }
  return []
}
