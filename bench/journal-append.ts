// How fast the journal takes insights and gives them back, every one of them on disk. The peer
// writes and syncs the same bytes and does nothing else.
import { open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Store } from '../src/server/stores/store.ts'
import { changes, type Measurement, median, openQuietly, temporaryDirectory } from './journal-fixture.ts'

const batches = 100
const batchSize = 1000
const singles = 20_000
const lanes = 64

export async function measure(): Promise<Measurement[]> {
  const directory = await temporaryDirectory()
  try {
    const store = await openQuietly(directory)
    await store.append(changes(0, batchSize))
    const prepared = Array.from({ length: batches }, (_, round) =>
      changes((round + 1) * batchSize, batchSize),
    )
    const inBatches = await rate(batches * batchSize, async () => {
      for (const batch of prepared) await store.append(batch)
    })
    const replayed = median([await replay(store), await replay(store), await replay(store)])
    const queue = changes((await store.head()).sequence, singles)
    const oneByOne = await rate(singles, async () => {
      await Promise.all(
        Array.from({ length: lanes }, async () => {
          for (let next = queue.pop(); next; next = queue.pop()) await store.append([next])
        }),
      )
    })
    await store.close()
    const written = await writeBarely(directory)
    return [
      {
        name: 'append, batches of 1000',
        value: inBatches,
        peer: written,
        ratio: inBatches / written,
        unit: 'insights/s',
        target: '≥ 200,000',
      },
      { name: 'append, 64 at once of one each', value: oneByOne, unit: 'insights/s' },
      { name: 'replay from disk', value: replayed, unit: 'entries/s', target: '≥ 500,000' },
    ]
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function rate(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return Math.round((count / (performance.now() - start)) * 1000)
}

async function replay(store: Store): Promise<number> {
  const head = await store.head()
  const stop = new AbortController()
  let bytes = 0
  return rate(head.sequence, async () => {
    for await (const batch of store.read({ ...head, sequence: 0 }, { signal: stop.signal })) {
      if ('reset' in batch) throw new Error(batch.reset)
      for (const { json } of batch.entries) bytes += json.length
      if (batch.next.sequence === head.sequence) stop.abort()
    }
  })
}

/** The same bytes, written and synced in pieces of a batch. */
async function writeBarely(directory: string): Promise<number> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ndjson'))
  const bytes = Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))))
  const lines = bytes.toString('latin1').split('\n').length - 1
  const piece = Math.round((bytes.length / lines) * batchSize)
  const file = await open(join(directory, 'bare'), 'w')
  const result = await rate(lines, async () => {
    for (let at = 0; at < bytes.length; at += piece) {
      await file.write(bytes.subarray(at, at + piece))
      await file.datasync()
    }
  })
  await file.close()
  return result
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${JSON.stringify(await measure(), undefined, 2)}\n`)
