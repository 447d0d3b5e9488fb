import { expect, test } from 'vitest'
import { join } from 'node:path'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { seededRandom } from '../helpers/random.ts'
import { serve } from '../helpers/serve.ts'
import { postTo } from '../helpers/sources.ts'
import { temporary } from '../helpers/temporary.ts'

const [count, perPost, ackEvery] = [100_000, 500, 5]
const start = Date.UTC(2026, 10, 23, 12)
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString()

/** What one replica says of one alert. */
interface Told {
  readonly alert: number
  readonly replica: number
  /** Seconds after the start; undefined while it fires. */
  readonly end: number | undefined
}

const idOf = (alert: number) => `${alert.toString(16).padStart(16, '0')}-${at(alert % 3600)}`

const toAlert = ({ alert, replica, end }: Told) => ({
  status: end === undefined ? 'firing' : 'resolved',
  labels: {
    alertname: `Storm${alert % 50}`,
    instance: `host-${alert}`,
    severity: ['critical', 'warning', 'info'][alert % 3],
  },
  annotations: { summary: `alert ${alert} of the storm` },
  startsAt: at(alert % 3600),
  endsAt: end === undefined ? '0001-01-01T00:00:00Z' : at(end),
  generatorURL: `http://prometheus-${replica}:9090/graph?g0.expr=${alert}`,
  fingerprint: alert.toString(16).padStart(16, '0'),
})

/** Everything two replicas say of every alert, some of it again, in no order. Every other alert ends. */
function tellAll(random: () => number): Told[] {
  const told: Told[] = []
  for (let alert = 0; alert < count; alert++)
    for (const replica of [0, 1]) {
      const firing = { alert, replica, end: undefined }
      told.push(firing)
      if (alert % 2 === 1) told.push({ ...firing, end: 4000 + Math.floor(random() * 60) })
      if (random() < 0.1) told.push(firing)
    }
  for (let index = told.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[told[index], told[other]] = [told[other]!, told[index]!]
  }
  return told
}

/** Tells when each acknowledgement was first seen on the event stream. */
async function watchAcknowledgements(url: string, signal: AbortSignal) {
  const seen = new Map<string, number>()
  const response = await fetch(`${url}/stream?limit=0`, { signal })
  const read = async () => {
    let held = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (held + chunk).split('\n')
      held = lines.pop() ?? ''
      for (const line of lines)
        if (line.includes('"acknowledged_by":"storm"')) {
          const { alert_id, status } = JSON.parse(line.slice('data: '.length)) as Insight
          if (status === 'acknowledged' && !seen.has(alert_id)) seen.set(alert_id, performance.now())
        }
    }
  }
  return { seen, ended: read().catch(() => {}) }
}

test('a storm from two replicas, shuffled and repeated, ends in the state that an oracle computes', async ({
  annotate,
}) => {
  using directory = temporary()
  await using server = await serve(join(directory.path, 'journal'))
  const stop = new AbortController()
  const { seen, ended } = await watchAcknowledgements(server.url, stop.signal)
  const told = tellAll(seededRandom(21))
  const asked = new Map<string, number>()
  const began = performance.now()
  for (let from = 0; from < told.length; from += perPost) {
    const batch = told.slice(from, from + perPost)
    const post = postTo(server, '/integrations/alertmanager', { version: '4', alerts: batch.map(toAlert) })
    const number = from / perPost
    if (number > 0 && number % ackEvery === 0) {
      // Of an earlier post, so that it is there, and one that never ends, so that it stays acknowledged.
      const before = told
        .slice(from - perPost, from)
        .find(({ alert }) => alert % 2 === 0 && !asked.has(idOf(alert)))
      const id = idOf(before!.alert)
      asked.set(id, performance.now())
      const answer = await fetch(`${server.url}/insights/${encodeURIComponent(id)}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: '{"status":"acknowledged","by":"storm"}',
      })
      expect(answer.status).toBe(200)
      await answer.body?.cancel()
    }
    const { status, body } = await post
    expect([status, body.accepted, body.refused]).toEqual([200, batch.length, undefined])
  }
  const took = performance.now() - began
  await expect.poll(() => seen.size).toBe(asked.size)
  stop.abort()
  await ended
  const waits = [...asked].map(([id, time]) => (seen.get(id) ?? Infinity) - time).sort((a, b) => a - b)
  const percentile = (share: number) => `${waits[Math.floor(waits.length * share)]?.toFixed(1)} ms`
  await annotate(
    `${told.length} alerts in ${(took / 1000).toFixed(1)} s; ${waits.length} acknowledgements seen after p50 ${percentile(0.5)}, p99 ${percentile(0.99)}`,
  )

  const expected = new Map<string, [string, string | undefined, string | undefined]>()
  for (const { alert, end } of told) {
    const id = idOf(alert)
    const [, known, by] = expected.get(id) ?? ['open', undefined, asked.has(id) ? 'storm' : undefined]
    const text = end === undefined ? undefined : at(end)
    const first = known === undefined || (text !== undefined && text < known) ? text : known
    expected.set(id, [
      first === undefined ? (by === undefined ? 'open' : 'acknowledged') : 'resolved',
      first,
      by,
    ])
  }
  const found = new Map<string, [string, string | undefined, string | undefined]>()
  let token: string | undefined
  do {
    const query = new URLSearchParams({ limit: '1000', ...(token !== undefined && { nextToken: token }) })
    const page = (await (await fetch(`${server.url}/insights/recent?${query.toString()}`)).json()) as {
      items: Insight[]
      nextToken?: string
    }
    for (const { alert_id, status, resolved_at, acknowledged_by } of page.items)
      found.set(alert_id, [String(status), resolved_at as string | undefined, acknowledged_by])
    token = page.nextToken
  } while (token !== undefined)
  expect(found.size).toBe(count)
  const wrong = [...expected].filter(([id, state]) => String(found.get(id)) !== String(state))
  expect(wrong.slice(0, 5).map(([id, state]) => [id, state, found.get(id)])).toEqual([])
})
