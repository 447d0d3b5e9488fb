import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startLoad } from '../helpers/load.ts'
import { processUsage } from '../helpers/process-usage.ts'
import { openIops } from '../helpers/pty.ts'

const perSecond = 5000
const seconds = Number(process.env['SOAK_SECONDS'] ?? 60)

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

test(`${perSecond} events a second for ${seconds} s: frames, processor, memory, keys`, async () => {
  await using server = await startLoad({ perSecond, seconds })
  const pty = openIops(['watch', '--url', server.url], { columns: 80, rows: 24 })
  try {
    await pty.until('● live')
    server.go()
    const warmUp = Math.min(15, seconds / 2)
    await sleep(warmUp * 1000)
    const first = processUsage(pty.pid)
    pty.resetCount()
    const startedAt = Date.now()
    const answers: number[] = []
    const memory: number[] = []
    while (Date.now() < startedAt + (seconds - warmUp - 2) * 1000) {
      await sleep(1000)
      memory.push(processUsage(pty.pid).megabytes)
      const opens = answers.length % 2 === 0
      const pressedAt = performance.now()
      pty.press(opens ? '?' : '\u001b')
      await pty.until((text) => text.includes('next critical') === opens)
      answers.push(performance.now() - pressedAt)
    }
    const elapsed = (Date.now() - startedAt) / 1000
    const last = processUsage(pty.pid)
    const measured = {
      framesPerSecond: (pty.chunks.length - answers.length) / elapsed,
      core: (last.seconds - first.seconds) / elapsed,
      bytesPerSecond: Math.round(pty.bytes / elapsed),
      megabytes: memory.map(Math.round),
      slowestKey: Math.round(Math.max(...answers)),
      medianKey: Math.round(answers.toSorted((a, b) => a - b)[answers.length >> 1] ?? 0),
    }
    process.stdout.write(`${JSON.stringify(measured)}\n`)
    // Ten for the data and one for the clock; the answers to keys are left out. The other bounds leave
    // room for a machine with neighbours.
    expect(measured.framesPerSecond).toBeLessThanOrEqual(11)
    expect(measured.core).toBeLessThanOrEqual(0.9)
    // Full since the warm-up's end at the latest: from there on memory is flat.
    const third = Math.ceil(memory.length / 3)
    expect(mean(memory.slice(-third))).toBeLessThanOrEqual(200)
    expect(mean(memory.slice(-third)) - mean(memory.slice(0, third))).toBeLessThanOrEqual(30)
    if (answers.length % 2 === 1) pty.press('\u001b')
    await pty.until('ENTITY')
    pty.press('q')
    expect(await pty.exit()).toBe(0)
  } finally {
    await pty.close()
  }
})
