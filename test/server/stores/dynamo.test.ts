import { afterAll, beforeAll, describe } from 'vitest'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import { openOnDemand } from '../../../src/server/stores/dynamo/log/on-demand-store.ts'
import { createTables, type Emulator, startDynalite, startDynoxide } from '../../helpers/dynamo.ts'
import { describeStore } from './contract.ts'

describe.each([
  { name: 'dynoxide', start: startDynoxide, parameters: 'poll=100ms', open: openDynamo },
  {
    name: 'dynoxide without a relay',
    start: startDynoxide,
    parameters: 'poll=100ms&relay=off',
    open: openDynamo,
  },
  { name: 'dynalite', start: startDynalite, parameters: 'poll=100ms', open: openDynamo },
  { name: 'dynoxide on demand', start: startDynoxide, parameters: 'poll=100ms', open: openOnDemand },
])('the DynamoDB store', ({ name, start, parameters, open: openStore }) => {
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await start()
  })
  afterAll(() => emulator.stop())

  describeStore(
    `on ${name}`,
    async () => {
      const tables = await createTables(emulator)
      const open = () => openStore(tables.url(parameters), { logger: () => {} })
      let store = await open()
      return {
        store,
        async reopen() {
          await store.close()
          store = await open()
          return store
        },
        dispose: () => store.close(),
      }
    },
    { runs: 8 },
  )
})
