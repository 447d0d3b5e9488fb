import type { Feed, FeedEvent, FeedPhase, FeedState } from '../../src/client/feed/feed.ts'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { parseTimestamp } from '../../src/protocol/time/timestamp.ts'

const quietState: FeedState = {
  status: 'connecting',
  attempt: 0,
  nextTryAt: undefined,
  reason: undefined,
  refused: false,
  connectedAt: undefined,
  disconnectedAt: undefined,
  catchUp: undefined,
  lastByteAt: undefined,
  lastBeatAt: undefined,
  lastEventAt: undefined,
  beats: true,
  beatMs: 15_000,
  skewMs: 0,
  lastEventId: undefined,
  delivered: 0,
  replayed: 0,
  duplicates: 0,
  gaps: 0,
  healed: 0,
  recovered: 0,
  newest: undefined,
  failure: undefined,
  lagMs: undefined,
}

/** A feed that says what the test tells it to. */
export class ScriptedFeed implements Feed {
  state: FeedState = quietState
  started = false
  closed = false
  paused = false
  reconnects = 0
  readonly #listeners = new Set<(event: FeedEvent) => void>()

  subscribe(listener: (event: FeedEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    this.started = true
  }

  reconnect(): void {
    this.reconnects++
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    this.paused = false
  }

  close(): void {
    this.closed = true
  }

  emit(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  become(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change }
    this.emit({ type: 'state', state: this.state })
  }

  bring(
    insight: Insight,
    phase: FeedPhase = 'live',
    receivedAt = parseTimestamp(insight.timestamp) ?? 0,
  ): void {
    this.emit({ type: 'insight', insight, id: undefined, phase, receivedAt })
  }
}
