import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { insight } from '../helpers/insights.ts'
import { openIops } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

const types = ['churn_risk', 'session_quality', 'supply_gap']
const story = 'probability of something that takes a whole line of the screen to be told, and more'

/** A screenful of new rows ten times a second is ten times what the link takes. */
const busy = (index: number): Insight =>
  insight({
    alert_id: `a${index}`,
    entity_id: `cust_${index}`,
    prediction_type: types[index % 3] ?? '',
    risk_score: (index * 37) % 100,
    timestamp: new Date().toISOString(),
    explanation: `${(index * 31) % 100} % ${story}`,
  })

const bytesPerSecond = 4000

it('on a slow link the newest state is shown, and nothing queues up', async () => {
  const server = await runServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const publish = (...items: Insight[]) =>
    server.memory.append(items.map((one) => ({ alertId: one.alert_id, apply: () => one })))
  const pty = openIops(['watch', '--url', server.url], { columns: 140, rows: 40, drain: bytesPerSecond })
  onTestFinished(() => pty.close())
  await pty.until('● live')
  const rounds = 50
  pty.resetCount()
  for (let round = 0; round < rounds; round++) {
    await publish(...Array.from({ length: 40 }, (_, index) => busy(round * 40 + index)))
    await sleep(100)
  }
  const last = insight({ alert_id: 'last', entity_id: 'the_last', risk_score: 100 })
  const before = pty.total
  await publish({ ...last, timestamp: new Date().toISOString() })
  await pty.until('the_last')
  // All that queued anywhere, in the program's memory or in the kernel's buffers, is drained before it is shown: that is
  // what was under way and the frame that shows it, of about 4 kB each. Were frames not held back, it would be 70 kB.
  expect(pty.total - before).toBeLessThanOrEqual(10_000)
  // Ten a second on a fast one.
  expect(pty.output.split('\x1b[?2026h').length - 1).toBeLessThanOrEqual(rounds / 2)
})
