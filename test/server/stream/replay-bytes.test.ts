import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { insightFrame } from '../../../src/protocol/frames.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { type RunningServer, startServer } from '../../../src/server/http/node-server.ts'
import type { Store } from '../../../src/server/stores/store.ts'
import { insight } from '../../helpers/insights.ts'
import { TestJournal } from '../../helpers/journals.ts'

let journal: TestJournal
let store: Store
let server: RunningServer
beforeEach(async () => {
  journal = await TestJournal.create()
  store = await journal.open()
  server = await startServer({ store, logger: () => {}, sliceBytes: 16 * 1024 })
})
afterEach(async () => {
  await server.close()
  await journal.dispose()
})

const count = 3000
const insights = Array.from({ length: count }, (_, n) =>
  insight({ alert_id: `a${n}`, explanation: `${n} ${'ü€x'.repeat((n * 37) % 700)}`, risk_score: n % 100 }),
)

// More than fits the buffers of a connection and the server's ring together: what comes back was read from disk in
// pieces, sent in pieces, and both in memory that was used before.
it.each(['', '?filter=risk%3E%3D40'])(
  'sends each byte of what readers missed, also to slow ones, many at once: /stream%s',
  async (query) => {
    const changes = insights.map((one) => ({ alertId: one.alert_id, apply: () => one }))
    const outcomes = await store.append(changes)
    const { epoch } = await store.head()
    const wanted = insights
      .map((one, index) => ({ one, cursor: outcomes[index]!.cursor }))
      .filter(({ one }) => query === '' || one.risk_score >= 40)
      .map(({ one, cursor }) => insightFrame(cursor, encodeInsight(one)))
      .join('')
    const readers = Array.from({ length: 5 }, (_, pace) =>
      readUntilBeat(`${server.url}/stream${query}`, epoch, pace),
    )
    for (const text of await Promise.all(readers)) expect(text === `retry: 5000\n\n${wanted}`).toBe(true)
  },
)

/** Everything from the start of the log up to the first beat; `pace` turns of the event loop pass before each read. */
async function readUntilBeat(url: string, epoch: string, pace: number): Promise<string> {
  const leave = new AbortController()
  const { body } = await fetch(url, { headers: { 'last-event-id': `${epoch}-0` }, signal: leave.signal })
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true })
    if (text.slice(-200).includes('event: beat')) break
    for (let n = 0; n < pace * 20; n++) await turn()
  }
  leave.abort()
  return text.slice(0, text.lastIndexOf('event: beat'))
}
