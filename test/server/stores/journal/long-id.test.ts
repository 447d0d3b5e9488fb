import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { insight } from '../../../helpers/insights.ts'
import { TestJournal } from '../../../helpers/journals.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

it('finds an alert of an earlier run whose id is longer than any this run has met', async () => {
  const alertId = 'x'.repeat(1000)
  const store = await journal.open()
  await store.append([{ alertId, apply: () => insight({ alert_id: alertId }) }])
  await journal.close()
  // Modules anew, as in a program that has just started.
  vi.resetModules()
  const { TestJournal: Restarted } = await import('../../../helpers/journals.ts')
  const restarted = new Restarted(journal.directory)
  const reopened = await restarted.open()
  expect((await reopened.get(alertId))?.alert_id).toBe(alertId)
  await restarted.close()
})
