import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useMemo,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { LiveFeed } from '../client/feed/consumer.ts'
import { type FeedView, FeedViewStore } from './feed-view.ts'

const FeedContext = createContext<FeedViewStore | undefined>(undefined)

export interface FeedProviderProps {
  /** From `createFeed`; whoever made it closes it. */
  readonly feed: LiveFeed
  /** Alerts held at most; the oldest change goes first. 1000 by default. */
  readonly capacity?: number
  readonly children?: ReactNode
}

/** Gives a feed to the components below. */
export function FeedProvider({ feed, capacity = 1000, children }: FeedProviderProps): ReactNode {
  const store = useMemo(() => new FeedViewStore(feed, capacity), [feed, capacity])
  return createElement(FeedContext, { value: store }, children)
}

/**
 * What a component needs of the feed: it draws again only when the selector gives something else (`Object.is`).
 *
 * ```ts
 * const critical = useFeed(({ alerts }) => alerts.filter((alert) => alert.risk_score >= 80).length)
 * ```
 */
export function useFeed<Selected = FeedView>(selector?: (view: FeedView) => Selected): Selected {
  const store = useContext(FeedContext)
  if (!store) throw new Error('useFeed needs a FeedProvider above it')
  const last = useRef<{ view: FeedView; selector: unknown; selected: Selected } | undefined>(undefined)
  const select = () => {
    const view = store.view()
    // A selector that makes a new array each time would draw for ever.
    if (last.current?.view === view && last.current.selector === selector) return last.current.selected
    const fresh = selector ? selector(view) : (view as Selected)
    const before = last.current
    const selected = before && isSame(before.selected, fresh) ? before.selected : fresh
    last.current = { view, selector, selected }
    return selected
  }
  return useSyncExternalStore(store.subscribe, select, select)
}

/** The same value, or arrays of the same values. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false
  return one.every((value, index) => Object.is(value, other[index]))
}
