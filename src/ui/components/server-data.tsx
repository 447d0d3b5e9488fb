import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Api } from '../../client/api/api.ts'
import type { Feed } from '../../client/feed/feed.ts'
import type { DashboardStore } from '../session/dashboard-store.ts'
import { invalidateQueries } from '../hooks/invalidate-queries.ts'
import { olderPagesKey, useOlderPages } from '../hooks/useOlderPages.ts'
import { totalsKey, useTotals } from '../hooks/useTotals.ts'
import { rangeStart } from '../model/totals-range.ts'

interface ServerDataProps {
  readonly store: DashboardStore
  readonly api: Api
  readonly feed: Feed
  readonly now: () => number
}

/** Paints nothing: asks the server for totals and older pages, and hands the answers to the store. */
export function ServerData(props: ServerDataProps) {
  return (
    <>
      <Totals {...props} />
      <OlderPages {...props} />
    </>
  )
}

/** A range moves on also while nothing comes. */
const totalsMs = 30_000

function Totals({ store, api, feed, now }: ServerDataProps) {
  const range = useSyncExternalStore(store.subscribe, () => store.state.range)
  const filter = useSyncExternalStore(store.subscribe, () => store.state.filter)
  const client = useQueryClient()
  const { data, error, isPlaceholderData } = useTotals({
    api,
    range,
    since: () => rangeStart(range, now()),
    filter,
  })
  useEffect(() => invalidateQueries(feed, client, [totalsKey]), [feed, client])
  useEffect(() => {
    const timer = setInterval(
      () => void client.invalidateQueries({ queryKey: totalsKey }, { cancelRefetch: false }),
      totalsMs,
    )
    return () => clearInterval(timer)
  }, [client])
  useEffect(() => {
    const value = isPlaceholderData ? undefined : data
    // While it is asked again nothing is known better.
    const failed = error?.message ?? (data === undefined ? store.state.totals?.failed : undefined)
    store.setTotals({ range, value, failed })
  }, [store, range, data, error, isPlaceholderData])
  return null
}

/** Enough for two screens at once. */
const pageSize = 200

function OlderPages({ store, api }: ServerDataProps) {
  const client = useQueryClient()
  const filter = useSyncExternalStore(store.subscribe, () => store.state.filter)
  const isWanted = useSyncExternalStore(store.subscribe, () => store.view().wantsOlder)
  const { data, error, hasNextPage, isFetching, fetchNextPage, refetch } = useOlderPages({
    api,
    filter,
    limit: pageSize,
    enabled: isWanted,
  })
  const taken = useRef({ filter, pages: 0 })
  useEffect(() => {
    if (taken.current.filter !== filter) {
      taken.current = { filter, pages: 0 }
      // The pages of the filter before would be kept for ever.
      client.removeQueries({ queryKey: olderPagesKey, type: 'inactive' })
      store.setOlder({ kind: 'more' })
    }
  }, [store, client, filter])
  useEffect(() => {
    const pages = data?.pages ?? []
    const fresh = pages.slice(taken.current.pages)
    taken.current.pages = pages.length
    if (fresh.length > 0)
      store.setOlder(
        { kind: hasNextPage ? 'more' : 'end' },
        fresh.flatMap(({ items }) => items),
      )
  }, [store, data, hasNextPage])
  useEffect(() => {
    if (isFetching) store.setOlder({ kind: 'loading' })
    else if (error) store.setOlder({ kind: 'failed', reason: error.message })
  }, [store, isFetching, error])
  useEffect(() => {
    if (!isWanted || isFetching) return
    if (data === undefined) {
      if (error) void refetch()
    } else if (hasNextPage) void fetchNextPage()
    else store.setOlder({ kind: 'end' })
  }, [store, isWanted, isFetching, data, error, hasNextPage, fetchNextPage, refetch])
  return null
}
