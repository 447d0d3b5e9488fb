import type { LiveFeed } from '../client/feed/consumer.ts'
import type { FeedState } from '../client/feed/feed-state.ts'
import type { Insight } from '../protocol/insight/insight.ts'
import { paced } from '../ui/hooks/paced.ts'

/** What a component sees of a feed. Immutable: a change makes a new one. */
export interface FeedView {
  /** The latest version of each alert, the one that changed last first. */
  readonly alerts: readonly Insight[]
  readonly state: FeedState
}

/** Components draw at most so often because of alerts, in milliseconds; a change of the link is drawn at once. */
const drawPace = 100

/** Gathers a feed for components. Subscribes while it is subscribed to. */
export class FeedViewStore {
  readonly #feed: LiveFeed
  readonly #capacity: number
  readonly #alerts = new Map<string, Insight>()
  readonly #listeners = new Set<() => void>()
  readonly #draw = paced(drawPace, () => this.#publish())
  #unsubscribe: (() => void) | undefined
  #view: FeedView

  constructor(feed: LiveFeed, capacity: number) {
    this.#feed = feed
    this.#capacity = capacity
    this.#view = { alerts: [], state: feed.state }
  }

  readonly view = (): FeedView => this.#view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    this.#unsubscribe ??= this.#feed.subscribe((event) => {
      if (event.type === 'insight') this.#put(event.insight)
      else if (event.type === 'state' && event.state.status !== this.#view.state.status) this.#publish()
      else this.#draw()
    })
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  #put(insight: Insight): void {
    this.#alerts.delete(insight.alert_id)
    this.#alerts.set(insight.alert_id, insight)
    if (this.#alerts.size > this.#capacity)
      for (const oldest of this.#alerts.keys()) {
        this.#alerts.delete(oldest)
        break
      }
    this.#draw()
  }

  #publish(): void {
    this.#view = { alerts: [...this.#alerts.values()].toReversed(), state: this.#feed.state }
    for (const listener of this.#listeners) listener()
  }
}
