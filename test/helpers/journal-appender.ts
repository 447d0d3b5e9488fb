// Appends to a journal for ever, and prints the id of each insight once it is acknowledged. Where retention is
// asked for, all but every 20th are resolved.
import { openJournal } from '../../src/server/stores/journal/journal.ts'
import { insight } from './insights.ts'

const [directory = '', segmentBytes = '20000', lanes = '8', maxInsights] = process.argv.slice(2)
const store = await openJournal(directory, {
  logger: () => {},
  segmentBytes: Number(segmentBytes),
  ...(maxInsights !== undefined && { retention: { maxInsights: Number(maxInsights) } }),
})
let serial = (await store.head()).sequence
process.stdout.write(`ready ${process.pid}\n`)

async function lane(): Promise<void> {
  for (;;) {
    const alertId = `alert-${++serial}`
    const status = maxInsights === undefined || serial % 20 === 0 ? 'open' : 'resolved'
    await store.append([{ alertId, apply: () => insight({ alert_id: alertId, status }) }])
    process.stdout.write(`${alertId}\n`)
  }
}
for (let index = 0; index < Number(lanes); index++) void lane()
