import { test } from 'vitest'
import { startDynoxide } from '../../helpers/dynamo.ts'
import { surviveChaos } from '../../helpers/dynamo-cluster.ts'

test('three servers on one table lose nothing and double nothing, killed or not', async () => {
  const emulator = await startDynoxide()
  try {
    await surviveChaos(emulator, { readers: 12, kills: 3, versions: 100, killEveryMs: 2000 })
  } finally {
    await emulator.stop()
  }
}, 90_000)
