import { expect } from 'vitest'
import { startChaosProxy } from './chaos-proxy.ts'
import { watchFeed } from './feed-watcher.ts'
import { insight } from './insights.ts'
import { seededRandom } from './random.ts'

/** What the run needs of a server: somewhere to publish, and a port to watch. */
export interface ChaosTarget {
  readonly port: number
  publish(alertId: string): void | Promise<void>
}

export interface ChaosRun {
  readonly cuts: number
  readonly swallowed: number
  readonly published: number
  readonly replayed: number
  readonly duplicates: number
}

/**
 * Publishes `rate` alerts a second while a proxy between server and feed breaks the link, until it was
 * cut `cuts` times; then holds what was delivered against what was published: each once, in order.
 */
export async function runThroughChaos(
  target: ChaosTarget,
  { cuts, seed, rate = 50, life = 60 }: { cuts: number; seed: number; rate?: number; life?: number },
): Promise<ChaosRun> {
  const { port } = target
  await using proxy = await startChaosProxy({ port, random: seededRandom(seed), life, silent: 0.1 })
  await using watcher = watchFeed(proxy.url, {
    limit: 0,
    timing: { beat: 40, answer: 200, retry: 10, maxRetry: 20 },
  })
  await watcher.until(({ lastEventId }) => lastEventId !== undefined)
  // Somebody who presses the key for "now" at each loss: a thousand waits would take an hour.
  const stop = watcher.feed.subscribe((event) => {
    if (event.type === 'state' && event.state.status === 'retrying')
      setImmediate(() => watcher.feed.reconnect())
  })
  const published: string[] = []
  const begun = performance.now()
  while (proxy.cuts < cuts) {
    // By the clock and not by the timer, so that a busy machine changes nothing about the rate.
    const due = Math.floor(((performance.now() - begun) / 1000) * rate)
    while (published.length < due) {
      published.push(`a${published.length + 1}`)
      await target.publish(published.at(-1) as string)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  proxy.calm()
  stop()
  watcher.feed.reconnect()
  // The beat after a replay ends it.
  const state = await watcher.until(
    ({ delivered, status, connectedAt = Infinity, lastBeatAt = 0 }) =>
      delivered >= published.length && status === 'live' && lastBeatAt >= connectedAt,
  )
  expect(watcher.ids()).toEqual(published)
  expect(state).toMatchObject({ delivered: published.length, gaps: 0 })
  const phases = watcher.of('insight').filter(({ phase }) => phase === 'replay').length
  expect(state.replayed).toBe(phases)
  const told = watcher.of('resumed').reduce((sum, { replayed }) => sum + replayed, 0)
  expect(told).toBe(phases)
  expect(watcher.of('resumed').every(({ gap }) => gap === undefined)).toBe(true)
  const { replayed, duplicates } = state
  return { cuts: proxy.cuts, swallowed: proxy.swallowed, published: published.length, replayed, duplicates }
}

export const alert = (alertId: string) => insight({ alert_id: alertId, timestamp: new Date().toISOString() })
