import { QueryClientContext, type QueryKey } from '@tanstack/react-query'
import { useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { HttpConnection } from '../../client/http/http-connection.ts'
import { invalidateQueries } from './invalidate-queries.ts'
import { type SseHandlers, SseSession, type SseTarget, type SseView } from './sse-session.ts'

export interface UseSseOptions extends SseTarget, SseHandlers {
  /**
   * Keys of queries that each message makes out of date; refetched at most once a second. A string is a
   * key of one part: `'insights'` is `['insights']`, and covers every key that begins with it.
   */
  readonly invalidateQueries?: readonly (string | QueryKey)[] | undefined
}

export interface UseSse extends SseView {
  /** Tries now instead of at the next attempt; after `disconnect` it goes on from where it was. */
  connect(): void
  disconnect(): void
}

/** A `useSSE` over the connections that `connectTo` makes. */
export function createUseSSE(
  connectTo: (target: SseTarget) => HttpConnection,
): (options: UseSseOptions) => UseSse {
  return function useSSE(options) {
    const { url, token, ca, filter, reconnectInterval, maxReconnectAttempts } = options
    const client = useContext(QueryClientContext)
    const [session] = useState(() => new SseSession(connectTo))
    const latest = useRef({ options, client })
    useEffect(() => {
      latest.current = { options, client }
    })

    const connect = useCallback(() => {
      const { env } = latest.current.options
      session.connect(
        { url, token, ca, env, filter, reconnectInterval, maxReconnectAttempts },
        () => latest.current.options,
        (feed) => {
          const { client, options } = latest.current
          const keys = (options.invalidateQueries ?? []).map((key) => (typeof key === 'string' ? [key] : key))
          return client && keys.length > 0 ? invalidateQueries(feed, client, keys) : () => {}
        },
      )
    }, [session, url, token, ca, filter, reconnectInterval, maxReconnectAttempts])
    const disconnect = useCallback(() => session.disconnect(), [session])

    useEffect(() => {
      connect()
      return () => session.forget()
    }, [session, connect])

    return { ...useSyncExternalStore(session.subscribe, session.view), connect, disconnect }
  }
}
