import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { insight } from '../helpers/insights.ts'
import { processUsage } from '../helpers/process-usage.ts'
import { openIops } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

const seconds = Number(process.env['SOAK_SECONDS'] ?? 30)
const hour = 3_600_000

test.each([
  [80, 24],
  [140, 40],
])(`at %i×%i a quiet feed costs next to nothing over ${seconds} s`, async (columns, rows) => {
  await using server = await runServer()
  const items = Array.from({ length: 200 }, (_, index) =>
    insight({
      alert_id: `a${index}`,
      entity_id: `cust_${index}`,
      timestamp: new Date(Date.now() - (index + 1) * hour).toISOString(),
    }),
  )
  await server.memory.put(...items)
  const pty = openIops(['watch', '--url', server.url], { columns, rows })
  try {
    await pty.until('cust_1 ')
    // Whatever the start left to do.
    await sleep(5000)
    pty.resetCount()
    const before = processUsage(pty.pid)
    await sleep(seconds * 1000)
    const after = processUsage(pty.pid)
    const measured = {
      core: (after.seconds - before.seconds) / seconds,
      writes: pty.chunks.length,
      bytes: pty.bytes,
      megabytes: Math.round(after.megabytes),
    }
    process.stdout.write(`${JSON.stringify({ columns, rows, ...measured })}\n`)
    // A guard against work done for nothing: an idle dashboard costs about a hundredth of a core, and
    // processor time doubles on a machine with neighbours.
    expect(measured.core).toBeLessThan(0.04)
    expect(measured.writes).toBeLessThanOrEqual(seconds + 2)
  } finally {
    await pty.close()
  }
})
