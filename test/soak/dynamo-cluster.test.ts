import { test } from 'vitest'
import { startDynoxide } from '../helpers/dynamo.ts'
import { surviveChaos } from '../helpers/dynamo-cluster.ts'

test('three servers, 30 readers, two dozen kills: every acknowledged version once, in one order', async () => {
  const emulator = await startDynoxide()
  try {
    const options = { readers: 30, kills: 24, versions: 2000, killEveryMs: 4000 }
    process.stdout.write(`${JSON.stringify(await surviveChaos(emulator, options))}\n`)
  } finally {
    await emulator.stop()
  }
}, 600_000)
