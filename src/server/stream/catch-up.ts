import type { Filter } from '../../protocol/filter/filter.ts'
import { resetFrame } from '../../protocol/frames.ts'
import { encodeFrames } from './block.ts'
import { type Chunk, joinChunk } from './chunk.ts'
import type { FrameRing } from './frame-ring.ts'
import { missedEvents, type Opening, snapshotOpening } from './opening.ts'
import type { Entry, Store } from '../stores/store.ts'
import type { Subscriber } from './subscriber.ts'

/** What catching up needs of the hub. */
export interface CatchUpHub {
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
export async function catchUp(hub: CatchUpHub, subscriber: Subscriber, opening: Opening): Promise<void> {
  const { out } = subscriber
  const sender = new SliceSender(hub, subscriber)
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
        const { pieces, count, next } = hub.ring.after(position, subscriber.filter, hub.sliceBytes)
        if (count > 0) sender.send(joinChunk(pieces, sender.spent), count)
        position = next
        if (position === hub.position) continue
        uncork(out)
        await sender.sent()
      } else {
        uncork(out)
        position = await replay(hub, sender, position, opening.limit)
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
async function replay(hub: CatchUpHub, sender: SliceSender, from: number, limit: number): Promise<number> {
  const { subscriber } = sender
  const { filter } = subscriber
  let position = from
  for await (const batch of hub.store.read({ epoch: hub.epoch, sequence: from }, { signal: hub.signal })) {
    if ('reset' in batch) {
      hub.stats.resets++
      const { reset } = batch
      const fresh = await snapshotOpening(hub, { limit, filter }, ({ sequence }) =>
        resetFrame(reset, missedEvents({ filter }, reset, position, sequence)),
      )
      subscriber.writeText(fresh.text)
      await subscriber.drained(hub.stallMs)
      return fresh.position
    }
    for (const slice of slices(batch.entries, filter, hub.sliceBytes)) {
      sender.send(encodeFrames(slice, { spent: sender.spent }), slice.length)
      await sender.sent()
      if (!subscriber.open) return position
    }
    batch.release?.()
    position = batch.next.sequence
    if (position >= hub.ring.floor) break
  }
  return position
}

/** Sends slice after slice. Many may catch up at once, so each writes into the memory of its slice before. */
class SliceSender {
  readonly subscriber: Subscriber
  /** A slice that the system has copied whole. */
  spent: Chunk | undefined
  readonly #hub: CatchUpHub
  #last: Chunk | undefined

  constructor(hub: CatchUpHub, subscriber: Subscriber) {
    this.#hub = hub
    this.subscriber = subscriber
  }

  send(chunk: Chunk, count: number): void {
    this.spent = undefined
    this.#last = chunk
    this.subscriber.write(chunk)
    this.#hub.stats.delivered += count
  }

  /** Resolves once the reader may be sent more. */
  async sent(): Promise<void> {
    await this.subscriber.drained(this.#hub.stallMs)
    if (this.subscriber.isFlushed) this.spent = this.#last
  }
}

/** The matching entries, in runs of about a slice. */
function* slices(entries: readonly Entry[], filter: Filter | undefined, sliceBytes: number) {
  let slice: Entry[] = []
  let size = 0
  for (const entry of entries) {
    if (filter && !filter.matches(entry.insight)) continue
    slice.push(entry)
    size += entry.size
    if (size < sliceBytes) continue
    yield slice
    slice = []
    size = 0
  }
  if (slice.length > 0) yield slice
}
