import { TestJournal } from '../../../helpers/journals.ts'
import { describeStore } from '../contract.ts'

async function fixture(options: Parameters<TestJournal['open']>[0]) {
  const journal = await TestJournal.create()
  return {
    store: await journal.open(options),
    async reopen() {
      await journal.close()
      return journal.open(options)
    },
    dispose: () => journal.dispose(),
  }
}

describeStore('the journal', () => fixture({}))
describeStore('the journal with tiny segments', () => fixture({ segmentBytes: 1000 }))
