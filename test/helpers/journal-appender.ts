// Appends to a journal for ever, and prints the number of each insight once it is acknowledged.
import { openJournal } from '../../src/server/stores/journal/journal.ts'
import { insight } from './insights.ts'

const [directory = '', segmentBytes = '20000', lanes = '8'] = process.argv.slice(2)
const store = await openJournal(directory, { logger: () => {}, segmentBytes: Number(segmentBytes) })
let serial = (await store.head()).sequence
process.stdout.write(`ready ${process.pid}\n`)

async function lane(): Promise<void> {
  for (;;) {
    const alertId = `alert-${++serial}`
    await store.append([{ alertId, apply: () => insight({ alert_id: alertId }) }])
    process.stdout.write(`${alertId}\n`)
  }
}
for (let index = 0; index < Number(lanes); index++) void lane()
