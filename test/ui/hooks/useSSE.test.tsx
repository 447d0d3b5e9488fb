import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { Text } from 'ink'
import { render } from 'ink-testing-library'
import { StrictMode, useEffect } from 'react'
import { describe, expect, test } from 'vitest'
import type { Insight } from '../../../src/protocol/insight/insight.ts'
import { type UseSse, useSSE, type UseSseOptions } from '../../../src/ui/hooks/useSSE.ts'
import { insight } from '../../helpers/insights.ts'
import { startLogServer } from '../../helpers/log-server.ts'
import { answerJson, startScriptedServer } from '../../helpers/scripted-server.ts'

/** A component over the hook, in StrictMode, with what its handlers were told. */
function mount(options: UseSseOptions) {
  const told: string[] = []
  const messages: Insight[] = []
  const sse: { current: UseSse | undefined } = { current: undefined }
  const keep = (value: UseSse) => void (sse.current = value)
  function Probe() {
    const value = useSSE({
      reconnectInterval: 20,
      onMessage: (message) => messages.push(message),
      onConnect: () => told.push('connect'),
      onDisconnect: () => told.push('disconnect'),
      onError: (error) => told.push(`error: ${error.message}`),
      ...options,
    })
    useEffect(() => keep(value))
    return <Text>{`${value.status} ${value.lastMessage?.alert_id ?? '-'}`}</Text>
  }
  const instance = render(
    <StrictMode>
      <Probe />
    </StrictMode>,
  )
  return { ...instance, told, messages, sse }
}

test('shows the status and the last message, and tells every message', async () => {
  await using server = await startLogServer()
  server.publish(insight({ alert_id: 'a' }))
  const { lastFrame, unmount, told, messages } = mount({ url: server.url })
  await expect.poll(lastFrame).toBe('connected a')
  server.publish(insight({ alert_id: 'b' }), insight({ alert_id: 'c' }))
  await expect.poll(lastFrame).toBe('connected c')
  expect(messages.map(({ alert_id }) => alert_id)).toEqual(['a', 'b', 'c'])
  expect(told).toEqual(['connect'])
  unmount()
})

test('in StrictMode one connection stays, and none after the unmount', async () => {
  await using server = await startLogServer()
  const { lastFrame, unmount, told } = mount({ url: server.url })
  await expect.poll(lastFrame).toBe('connected -')
  await expect.poll(() => server.open).toBe(1)
  unmount()
  await expect.poll(() => server.open).toBe(0)
  expect(told).toEqual(['connect'])
})

test('comes back by itself, and tells of it', async () => {
  await using server = await startLogServer()
  const { lastFrame, unmount, told, messages } = mount({ url: server.url })
  await expect.poll(lastFrame).toBe('connected -')
  server.cut()
  server.publish(insight({ alert_id: 'missed' }))
  await expect.poll(lastFrame).toBe('connected missed')
  expect(told.filter((words) => !words.startsWith('error'))).toEqual(['connect', 'disconnect', 'connect'])
  expect(told.filter((words) => words.startsWith('error'))).toHaveLength(1)
  expect(messages).toHaveLength(1)
  unmount()
})

test('disconnects and goes on from where it was', async () => {
  await using server = await startLogServer()
  server.publish(insight({ alert_id: 'a' }))
  const { lastFrame, unmount, sse, messages, told } = mount({ url: server.url })
  await expect.poll(lastFrame).toBe('connected a')
  await expect.poll(() => server.visits('/stream').at(-1)?.headers['last-event-id']).toBeUndefined()
  sse.current?.disconnect()
  await expect.poll(lastFrame).toBe('disconnected a')
  await expect.poll(() => server.open).toBe(0)
  server.publish(insight({ alert_id: 'b' }))
  sse.current?.connect()
  await expect.poll(lastFrame).toBe('connected b')
  expect(messages.map(({ alert_id }) => alert_id)).toEqual(['a', 'b'])
  expect(told).toEqual(['connect', 'disconnect', 'connect'])
  unmount()
})

test('gives up after so many attempts, and a new connect tries again', async () => {
  let sick = true
  await using server = await startScriptedServer({
    '/stream': (response) => {
      if (sick) return answerJson(response, 503, { error: 'not now' })
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 20\n\n')
    },
  })
  const { lastFrame, unmount, told, sse } = mount({ url: server.url, maxReconnectAttempts: 2 })
  await expect.poll(lastFrame).toBe('error -')
  expect(told.slice(0, 2)).toEqual(['error: not now (503)', 'error: not now (503)'])
  expect(told.at(-1)).toMatch(/gave up after 3 attempts: not now \(503\)$/)
  sick = false
  sse.current?.connect()
  await expect.poll(lastFrame).toBe('connected -')
  unmount()
})

test('a URL that is none is an error, and no crash', async () => {
  const { lastFrame, unmount, told } = mount({ url: 'nonsense' })
  await expect.poll(lastFrame).toBe('error -')
  expect(told.at(-1)).toBe('error: "nonsense" is no URL')
  unmount()
})

test('a flood is drawn a few times, and queries are asked anew at most once a second', async () => {
  await using server = await startLogServer()
  const client = new QueryClient()
  const fetches: number[] = []
  function Probe() {
    const { data = 0 } = useQuery({ queryKey: ['totals', '1h'], queryFn: () => fetches.push(Date.now()) })
    const { status, lastMessage } = useSSE({ url: server.url, invalidateQueries: [['totals']] })
    return <Text>{`${status} ${lastMessage?.alert_id ?? '-'} ${data}`}</Text>
  }
  const { lastFrame, frames, unmount } = render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Probe />
      </QueryClientProvider>
    </StrictMode>,
  )
  await expect.poll(lastFrame).toBe('connected - 1')
  const before = frames.length
  for (let n = 1; n <= 3000; n++) server.publish(insight({ alert_id: `a${n}` }))
  await expect.poll(() => fetches.length).toBeGreaterThanOrEqual(3)
  await expect.poll(lastFrame).toMatch(/^connected a3000 \d+$/)
  // The first of them is at once.
  const [, ...again] = fetches
  for (const [at, time] of again.slice(1).entries())
    expect(time - (again[at] ?? 0)).toBeGreaterThanOrEqual(990)
  expect(frames.length - before).toBeLessThan(100)
  unmount()
})

test('a string invalidates the queries whose key begins with it', async () => {
  await using server = await startLogServer()
  const client = new QueryClient()
  const fetches = { insights: 0, metrics: 0, other: 0 }
  const count = (name: keyof typeof fetches) => () => ++fetches[name]
  function Probe() {
    useQuery({ queryKey: ['insights', { page: 1 }], queryFn: count('insights') })
    useQuery({ queryKey: ['metrics'], queryFn: count('metrics') })
    useQuery({ queryKey: ['other'], queryFn: count('other') })
    const { status } = useSSE({ url: server.url, invalidateQueries: ['insights', ['metrics']] })
    return <Text>{status}</Text>
  }
  const { lastFrame, unmount } = render(
    <QueryClientProvider client={client}>
      <Probe />
    </QueryClientProvider>,
  )
  await expect.poll(lastFrame).toBe('connected')
  await expect.poll(() => fetches).toEqual({ insights: 1, metrics: 1, other: 1 })
  server.publish(insight({ alert_id: 'a' }))
  await expect.poll(() => fetches).toEqual({ insights: 2, metrics: 2, other: 1 })
  unmount()
})

const seen = (options: UseSseOptions) => {
  const mounted = mount(options)
  const statuses = () =>
    mounted.frames.map((frame) => frame.split(' ')[0]).filter((status, at, all) => status !== all[at - 1])
  return { ...mounted, statuses }
}

describe('the status', () => {
  test('of a link that is cut and comes back', async () => {
    await using server = await startLogServer()
    const { statuses, unmount } = seen({ url: server.url })
    await expect.poll(statuses).toEqual(['connecting', 'connected'])
    server.cut()
    await expect.poll(statuses).toEqual(['connecting', 'connected', 'reconnecting', 'connected'])
    unmount()
  })

  test('of a server that refuses', async () => {
    await using server = await startScriptedServer({
      '/stream': (response) => answerJson(response, 401, { error: 'no' }),
    })
    const { statuses, unmount } = seen({ url: server.url })
    await expect.poll(statuses).toEqual(['connecting', 'error'])
    unmount()
  })

  test('of a server that has nothing more to say', async () => {
    await using server = await startScriptedServer({
      '/stream': (response) => response.writeHead(204).end(),
    })
    const { statuses, unmount } = seen({ url: server.url })
    await expect.poll(statuses).toEqual(['connecting', 'disconnected'])
    unmount()
  })

  test('of a server that is away until it is given up, and of a new try', async () => {
    let sick = true
    await using server = await startScriptedServer({
      '/stream': (response) => {
        if (sick) response.socket?.destroy()
        else response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 20\n\n')
      },
    })
    const { statuses, sse, unmount } = seen({ url: server.url, maxReconnectAttempts: 2 })
    await expect.poll(statuses).toEqual(['connecting', 'reconnecting', 'error'])
    sick = false
    sse.current?.connect()
    await expect.poll(statuses).toEqual(['connecting', 'reconnecting', 'error', 'connecting', 'connected'])
    sse.current?.disconnect()
    await expect.poll(() => statuses().at(-1)).toBe('disconnected')
    unmount()
  })
})
