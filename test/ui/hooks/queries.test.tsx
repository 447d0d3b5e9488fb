import type { ServerResponse } from 'node:http'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Text } from 'ink'
import { render } from 'ink-testing-library'
import { type ReactNode, StrictMode, useEffect } from 'react'
import { expect, test } from 'vitest'
import { createApi } from '../../../src/client/api/api.ts'
import { createConnection } from '../../../src/client/connection.ts'
import { createFeed } from '../../../src/client/feed/feed.ts'
import { invalidateQueries } from '../../../src/ui/hooks/invalidate-queries.ts'
import { olderPagesKey, useOlderPages } from '../../../src/ui/hooks/useOlderPages.ts'
import { totalsKey, useTotals } from '../../../src/ui/hooks/useTotals.ts'
import { insight } from '../../helpers/insights.ts'
import { answerJson, openStream, startScriptedServer } from '../../helpers/scripted-server.ts'

function renderWith(client: QueryClient, node: ReactNode) {
  return render(
    <StrictMode>
      <QueryClientProvider client={client}>{node}</QueryClientProvider>
    </StrictMode>,
  )
}

test('the totals are those of the chosen range, and new after a message', async () => {
  let total = 7
  const open: ServerResponse[] = []
  await using server = await startScriptedServer({
    '/insights/aggregations': (response) =>
      answerJson(response, 200, { total, critical: 2, avgRisk: 70, byType: {} }),
    '/stream': (response) => {
      openStream(response, ': hello\n\n')
      open.push(response)
    },
  })
  const connection = createConnection({ url: server.url })
  const api = createApi(connection)
  const feed = createFeed({ connection })
  const client = new QueryClient()
  const stop = invalidateQueries(feed, client, [totalsKey, olderPagesKey])
  const since = Date.parse('2026-11-23T13:00:00Z')
  function Probe({ range }: { readonly range: string }) {
    const { data } = useTotals({ api, range, since: () => since, filter: 'risk>=80' })
    return <Text>{`${range} ${data?.total ?? 'none'}`}</Text>
  }
  const { lastFrame, rerender, unmount } = renderWith(client, <Probe range="1h" />)
  await expect.poll(lastFrame).toBe('1h 7')
  const { searchParams } = server.visits('/insights/aggregations')[0]?.url ?? new URL('http://none')
  expect(Object.fromEntries(searchParams)).toEqual({ since: '2026-11-23T13:00:00.000Z', filter: 'risk>=80' })

  feed.start()
  await expect.poll(() => feed.state.status).toBe('live')
  total = 8
  await expect.poll(() => server.visits('/stream').length).toBe(1)
  open[0]?.write(`data: ${JSON.stringify(insight({ alert_id: 'new' }))}\n\n`)
  await expect.poll(lastFrame).toBe('1h 8')

  total = 90
  rerender(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Probe range="week" />
      </QueryClientProvider>
    </StrictMode>,
  )
  expect(lastFrame()).toBe('week 8')
  await expect.poll(lastFrame).toBe('week 90')
  unmount()
  stop()
  feed.close()
  await api.close()
})

test('older pages follow each other by nextToken, to the last', async () => {
  const answers: Record<string, unknown> = {
    '': { items: [insight({ alert_id: 'c' })], nextToken: 'two' },
    two: { items: [insight({ alert_id: 'b' })], nextToken: 'three' },
    three: { items: [insight({ alert_id: 'a' })] },
  }
  await using server = await startScriptedServer({
    '/insights/recent': (response, { url }) =>
      answerJson(response, 200, answers[url.searchParams.get('nextToken') ?? '']),
  })
  const api = createApi(createConnection({ url: server.url }))
  const pages: { next?: () => void } = {}
  const keep = (next: () => void) => void (pages.next = next)
  function Probe() {
    const { data, hasNextPage, fetchNextPage } = useOlderPages({ api, limit: 1 })
    useEffect(() => keep(() => void fetchNextPage()))
    const ids = data?.pages.flatMap(({ items }) => items.map(({ alert_id }) => alert_id)) ?? []
    return <Text>{`${ids.join('')}${hasNextPage ? '…' : '.'}`}</Text>
  }
  const { lastFrame, unmount } = renderWith(new QueryClient(), <Probe />)
  await expect.poll(lastFrame).toBe('c…')
  pages.next?.()
  await expect.poll(lastFrame).toBe('cb…')
  pages.next?.()
  await expect.poll(lastFrame).toBe('cba.')
  unmount()
  await api.close()
})
