import { expect, it, onTestFinished } from 'vitest'
import { insight } from '../helpers/insights.ts'
import { startLogServer } from '../helpers/log-server.ts'
import { openIops } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

const hour = 3_600_000

/** So old that no age changes while the bytes are counted. */
const aged = (index: number) =>
  insight({
    alert_id: `a${index}`,
    entity_id: `cust_${String((index * 7919) % 100_000).padStart(6, '0')}`,
    risk_score: (index * 37) % 100,
    timestamp: new Date(Date.now() - (200 - index) * hour).toISOString(),
    explanation: `${(index * 31) % 100} % probability of something in the next ${index} days`,
  })

const publish = (url: string, insights: unknown): Promise<Response> =>
  fetch(`${url}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(insights),
  })

const seconds = (text: string): number => Number(/beat (\d+)s/.exec(text)?.[1])

it.each([
  { columns: 80, rows: 24, most: 300 },
  { columns: 140, rows: 40, most: 400 },
])(
  'at $columns×$rows a new row takes at most $most bytes, and while nothing comes the clock one write a second',
  async ({ columns, rows, most }) => {
    const server = await runServer()
    onTestFinished(() => server[Symbol.asyncDispose]())
    await publish(
      server.url,
      Array.from({ length: 60 }, (_, index) => aged(index)),
    )
    const pty = openIops(['watch', '--url', server.url], { columns, rows })
    onTestFinished(() => pty.close())
    await pty.until('cust_067221')
    // From the first clock tick on nothing else is to be drawn.
    await pty.until(/beat [1-9]s/)
    const before = pty.chunks.length
    await publish(server.url, aged(60))
    await pty.until('cust_075140')
    // The rows below move down in one sequence: that is the frame.
    const frames = pty.chunks.slice(before).filter((chunk) => chunk.includes('\x1b[L'))
    expect(frames).toHaveLength(1)
    expect(Buffer.byteLength(frames.join(''))).toBeLessThanOrEqual(most)
    // Quiet again: the totals have come with the second tick.
    const quiet = seconds(pty.text()) + 2
    await pty.until((text) => seconds(text) >= quiet)
    const from = seconds(pty.text())
    const first = pty.chunks.length
    await pty.until((text) => seconds(text) >= from + 5)
    const ticks = pty.chunks.slice(first)
    // Each second that the screen shows came in one write, and nothing else was written.
    expect(ticks.length).toBeLessThanOrEqual(seconds(pty.text()) - from)
    for (const tick of ticks) expect(Buffer.byteLength(tick)).toBeLessThanOrEqual(64)
  },
)

const age = (text: string): number => Number(/ (\d+)s .*cust_1/.exec(text)?.[1])

it('however often the server beats, there is one write a second', async () => {
  const server = await startLogServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  server.publish(insight({ alert_id: 'a', entity_id: 'cust_1', timestamp: new Date().toISOString() }))
  const pty = openIops(['watch', '--url', server.url])
  onTestFinished(() => pty.close())
  const beats = setInterval(() => server.beat(), 150)
  onTestFinished(() => clearInterval(beats))
  await pty.until((text) => age(text) >= 3)
  const from = age(pty.text())
  const first = pty.chunks.length
  await pty.until((text) => age(text) >= from + 3)
  expect(pty.chunks.length - first).toBeLessThanOrEqual(age(pty.text()) - from)
})
