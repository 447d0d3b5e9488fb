import { MemoryStore } from '../../helpers/memory-store.ts'
import { describeStore } from './contract.ts'

describeStore('the store in memory, for tests', async () => {
  const store = new MemoryStore()
  return {
    store,
    async reopen() {
      await store.close()
      return store
    },
    dispose: () => store.close(),
  }
})
