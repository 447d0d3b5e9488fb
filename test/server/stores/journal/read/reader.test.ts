import { afterEach, beforeEach, expect, it } from 'vitest'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

it('hands a reader that is behind little at a time, and a large insight whole', async () => {
  const store = await journal.open()
  const sizes = [...Array.from({ length: 500 }, () => 1000), 200_000, 1000]
  await store.append(
    sizes.map((size, index) => {
      const alert_id = `alert-${index}`
      return { alertId: alert_id, apply: () => insight({ alert_id, explanation: 'x'.repeat(size) }) }
    }),
  )
  await journal.close()
  const reopened = await journal.open()
  const { epoch, sequence: head } = await reopened.head()
  const seen: string[] = []
  for await (const batch of reopened.read({ epoch, sequence: 0 }, { signal: new AbortController().signal })) {
    if ('reset' in batch) throw new Error(batch.reset)
    seen.push(...batch.entries.map((entry) => entry.insight.alert_id))
    const bytes = batch.entries.reduce((sum, { json }) => sum + json.length, 0)
    if (batch.entries.length > 1) expect(bytes).toBeLessThanOrEqual(64 * 1024)
    if (batch.next.sequence === head) break
  }
  expect(seen).toEqual(sizes.map((_, index) => `alert-${index}`))
})
