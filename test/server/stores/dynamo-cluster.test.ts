import { expect, test } from 'vitest'
import { startDynoxide } from '../../helpers/dynamo.ts'
import { surviveChaos } from '../../helpers/dynamo-cluster.ts'

test('three servers on one table lose nothing and double nothing, killed or not', async () => {
  const emulator = await startDynoxide()
  try {
    const seen = await surviveChaos(emulator, { seconds: 8, readers: 12, killEveryMs: 2500 })
    expect(seen['kills']).toBeGreaterThan(1)
    expect(seen['acknowledged']).toBeGreaterThan(50)
  } finally {
    await emulator.stop()
  }
}, 90_000)
