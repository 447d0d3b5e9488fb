import { expect, test } from 'vitest'
import { createConnection } from '../../../src/client/connection.ts'
import { type Absence, absenceWords, onReturn } from '../../../src/client/feed/absence.ts'
import { createFeed } from '../../../src/client/feed/feed.ts'
import { insight } from '../../helpers/insights.ts'
import { startLogServer } from '../../helpers/log-server.ts'

async function returnTo(url: string, lastEventId: string, lastSeenAt: number): Promise<Absence> {
  const connection = createConnection({ url })
  const feed = createFeed({ connection, lastEventId, lastSeenAt })
  const absence = Promise.withResolvers<Absence>()
  onReturn(feed, (summary) => absence.resolve(summary))
  feed.start()
  const summary = await absence.promise
  feed.close()
  await connection.close()
  return summary
}

test('a feed that goes on from a position tells what was missed, each alert once', async () => {
  await using server = await startLogServer()
  server.publish(
    insight({ alert_id: 'a' }),
    insight({ alert_id: 'b' }),
    insight({ alert_id: 'b', status: 'resolved' }),
    insight({ alert_id: 'c', risk_score: 90 }),
    insight({ alert_id: 'd', risk_score: 70 }),
    insight({ alert_id: 'd', risk_score: 95 }),
    insight({ alert_id: 'e', status: 'acknowledged' }),
  )
  const summary = await returnTo(server.url, 'log-2', 5000)
  expect(summary).toEqual({
    since: 5000,
    open: { critical: 2, warning: 0, info: 0 },
    acknowledged: 1,
    resolved: 1,
    gap: undefined,
  })
  expect(absenceWords(summary, 5000 + 7_200_000)).toBe(
    'since you left 2 h ago: 2 critical, 1 acknowledged, 1 resolved',
  )
})

test('it says so when the server cannot tell what was missed', async () => {
  await using server = await startLogServer()
  const summary = await returnTo(server.url, 'gone-7', 5000)
  expect(absenceWords(summary, 95_000)).toBe(
    "since you left 1 min ago: the server can't tell what was missed (foreign)",
  )
})
