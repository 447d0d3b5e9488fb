import type { Insight } from '../../protocol/insight/insight.ts'
import type { FeedState } from './feed-state.ts'

/**
 * `snapshot`: what was there at the start or after a gap; `replay`: missed while the link was down, and sent again by the
 * server, or read over REST where it could not.
 */
export type FeedPhase = 'snapshot' | 'replay' | 'live'

export type FeedEvent =
  | {
      readonly type: 'insight'
      readonly insight: Insight
      /** The event's id; undefined on a server without ids. */
      readonly id: string | undefined
      readonly phase: FeedPhase
      readonly receivedAt: number
    }
  /**
   * The link is back after a cut: what was replayed, and whether the position was honoured. It comes
   * after the replay or the snapshot, and also at the start of a feed that was given a position.
   */
  | {
      readonly type: 'resumed'
      readonly downAt: number
      readonly upAt: number
      readonly replayed: number
      /** The server could not continue from our position: `expired`, `foreign`, `ahead`, or `no-ids`. */
      readonly gap: string | undefined
      /** Of such a gap: how many alerts were read over REST instead; 0 by default. */
      readonly recovered?: number
      /** Of such a gap: how many events can't be recovered; undefined where that isn't known. */
      readonly unrecovered?: number | undefined
      /** Why that isn't known. */
      readonly fault?: string | undefined
    }
  /** Something on the stream is no insight, or a value of the insight that follows can't be read. Nothing is dropped in silence. */
  | { readonly type: 'fault'; readonly message: string }
  /** The link changed, or a beat came. Insights change counters and times without such an event. */
  | { readonly type: 'state'; readonly state: FeedState }

export type FeedListener = (event: FeedEvent) => void

/** Those who listen. One that throws is reported as an uncaught error, and does not stop the others. */
export class FeedListeners {
  readonly #listeners = new Set<FeedListener>()

  add(listener: FeedListener): () => void {
    // A wrapper of its own, so that the same function may listen twice.
    const own: FeedListener = (event) => listener(event)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  emit(event: FeedEvent): void {
    for (const listener of this.#listeners)
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
  }
}
