import { rm } from 'node:fs/promises'
import { changes, openQuietly } from '../journal-fixture.ts'
import { parseInProcess } from '../journal-startup.ts'
import { median, newDirectory, residentMegabytes, type Scene } from '../measure.ts'
import { startIops } from '../programs.ts'

/** From the start of the process until it listens, against reading and parsing the same files in another. */
export const startUp: Scene = async ({ rounds, quick }) => {
  const insights = quick ? 100_000 : 1_000_000
  const directory = newDirectory('journal')
  const store = await openQuietly(directory)
  for (let from = 0; from < insights; from += 1000) await store.append(changes(from, 1000))
  await store.close()
  const pairs: { bare: number; server: number; megabytes: number }[] = []
  try {
    for (let round = 0; round < rounds; round++) {
      const bare = parseInProcess(directory)
      const began = performance.now()
      const peer = await startIops(directory)
      pairs.push({ bare, server: performance.now() - began, megabytes: residentMegabytes(peer.pid) })
      await peer.stop()
    }
  } finally {
    await rm(directory, { recursive: true })
  }
  const ratio = median(pairs.map(({ bare, server }) => server / bare))
  const of = (name: 'bare' | 'server' | 'megabytes') => median(pairs.map((pair) => pair[name])).toFixed(0)
  return [
    {
      what: `Start-up over ${insights} insights`,
      reach: '≤ 2 × read and JSON.parse',
      measured: `${ratio.toFixed(2)} × (iops serve ${of('server')}, read and parse ${of('bare')} ms)`,
    },
    {
      what: `RSS after start-up over ${insights} insights`,
      reach: 'bounded',
      measured: `${of('megabytes')} MB`,
    },
  ]
}
