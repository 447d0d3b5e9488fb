import { expect, test } from 'vitest'
import { startDynoxide } from '../helpers/dynamo.ts'
import { surviveChaos } from '../helpers/dynamo-cluster.ts'

test('three servers, 30 readers, two minutes of kills: every acknowledged version once, in one order', async () => {
  const emulator = await startDynoxide()
  try {
    const seen = await surviveChaos(emulator, { seconds: 120, readers: 30, killEveryMs: 4000 })
    process.stdout.write(`${JSON.stringify(seen)}\n`)
    expect(seen['kills']).toBeGreaterThan(5)
    expect(seen['acknowledged']).toBeGreaterThan(1000)
  } finally {
    await emulator.stop()
  }
}, 180_000)
