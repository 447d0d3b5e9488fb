import type { Filter } from '../protocol/filter.ts'
import { insightFrame, resetFrame } from '../protocol/frames.ts'
import { joinChunk } from './chunk.ts'
import type { FrameRing } from './frame-ring.ts'
import { type Opening, snapshotOpening } from './opening.ts'
import type { Entry, Store } from './stores/store.ts'
import type { Subscriber } from './subscriber.ts'

/** What catching up needs of the hub. */
export interface Seam {
  readonly store: Store
  readonly epoch: string
  /** The last sequence that everyone live has been handed. */
  readonly position: number
  readonly ring: FrameRing
  readonly stallMs: number
  /** About how many bytes a reader is handed before it has to take them. */
  readonly sliceBytes: number
  /** Aborts when the hub closes. */
  readonly signal: AbortSignal
  readonly stats: { delivered: number; resets: number }
  goLive(subscriber: Subscriber): void
  /** Resolves after `position` has moved, or when the hub closes. */
  moved(): Promise<void>
}

/**
 * Brings a subscriber from its opening to the hub's position, as fast as it reads and no faster:
 * from the ring where that reaches back far enough, else from the store. Then it is live.
 */
export async function catchUp(hub: Seam, subscriber: Subscriber, opening: Opening): Promise<void> {
  const { out } = subscriber
  let { position } = opening
  // What is there at once travels together: the opening, the newest frames, the first beat.
  out.cork()
  try {
    subscriber.writeText(opening.text)
    while (subscriber.open && !hub.signal.aborted) {
      if (opening.epoch !== hub.epoch) return subscriber.end()
      if (position === hub.position) return hub.goLive(subscriber)
      if (position > hub.position) {
        // The store is a moment ahead of its reader.
        uncork(out)
        await hub.moved()
      } else if (position >= hub.ring.floor) {
        const { pieces, next } = hub.ring.after(position, subscriber.filter, hub.sliceBytes)
        if (pieces.length > 0) subscriber.write(joinChunk(pieces))
        hub.stats.delivered += pieces.length
        position = next
        if (position === hub.position) continue
        uncork(out)
        await subscriber.drained(hub.stallMs)
      } else {
        uncork(out)
        position = await replay(hub, subscriber, position, opening.limit)
      }
    }
  } finally {
    uncork(out)
  }
}

function uncork(out: Subscriber['out']): void {
  while (out.writableCorked > 0) out.uncork()
}

/** Copies from the store until the ring can take over, or starts anew with a snapshot; the position reached. */
async function replay(hub: Seam, subscriber: Subscriber, from: number, limit: number): Promise<number> {
  const { filter } = subscriber
  let position = from
  for await (const batch of hub.store.read({ epoch: hub.epoch, sequence: from }, { signal: hub.signal })) {
    if ('reset' in batch) {
      hub.stats.resets++
      const fresh = await snapshotOpening(hub, { limit, filter }, resetFrame(batch.reset))
      subscriber.writeText(fresh.text)
      await subscriber.drained(hub.stallMs)
      return fresh.position
    }
    for (const { text, count } of pieces(batch.entries, filter, hub.sliceBytes)) {
      subscriber.writeText(text)
      hub.stats.delivered += count
      await subscriber.drained(hub.stallMs)
      if (!subscriber.open) return position
    }
    position = batch.next.sequence
    if (position >= hub.ring.floor) break
  }
  return position
}

/** The matching frames, in texts of about a slice. */
function* pieces(entries: readonly Entry[], filter: Filter | undefined, sliceBytes: number) {
  let piece = { text: '', count: 0 }
  for (const entry of entries) {
    if (filter && !filter.matches(entry.insight)) continue
    piece.text += insightFrame(entry.cursor, entry.json)
    piece.count++
    if (piece.text.length < sliceBytes) continue
    yield piece
    piece = { text: '', count: 0 }
  }
  if (piece.count > 0) yield piece
}
