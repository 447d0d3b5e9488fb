import { describe, expect, test } from 'vitest'
import { Iops } from '../../helpers/iops.ts'
import { startOldServer } from '../../helpers/old-server.ts'
import { insight } from '../../helpers/insights.ts'
import { runServer, type TestServer } from '../../helpers/server.ts'
import { idsOf } from '../../helpers/watch-server.ts'

const hour = 3_600_000

async function publish(server: TestServer, items: readonly object[]): Promise<void> {
  for (let at = 0; at < items.length; at += 1000) {
    const body = JSON.stringify(items.slice(at, at + 1000))
    const headers = { 'content-type': 'application/json' }
    const { status } = await fetch(`${server.url}/insights`, { method: 'POST', headers, body })
    expect(status).toBe(201)
  }
}

/** Alerts `name1` … over the last hour, every third of them critical. */
const pastAlerts = (
  count: number,
  name: string,
  ageOf = (n: number) => (hour * 0.99 * (count - n)) / count,
) =>
  Array.from({ length: count }, (_, n) => ({
    alert_id: `${name}${n + 1}`,
    entity_id: 'e',
    risk_score: n % 3 === 0 ? 90 : 10,
    timestamp: new Date(Date.now() - ageOf(n)).toISOString(),
  }))

const watch = (url: string, ...flags: string[]) =>
  new Iops(['watch', '--json', '--since', '1h', '--url', url, ...flags])

describe('--since', () => {
  test('shows all of a long history, oldest first, each alert once, and goes on live', async () => {
    await using server = await runServer()
    const history = pastAlerts(5807, 'a')
    await publish(server, [...pastAlerts(50, 'old', () => 2 * hour), ...history.toReversed()])
    await using child = watch(server.url)
    await child.until(({ stdout }) => stdout.includes('"a5807"'))
    await publish(server, [{ alert_id: 'live', entity_id: 'e', risk_score: 1 }])
    await child.until(({ stdout }) => stdout.includes('"live"'))
    expect(idsOf(child.stdout)).toEqual([...history.map(({ alert_id }) => alert_id), 'live'])
  })

  test('narrows it by the filter', async () => {
    await using server = await runServer()
    const history = pastAlerts(5807, 'a')
    await publish(server, history)
    await using child = watch(server.url, '-f', 'severity:critical')
    await child.until(({ stdout }) => stdout.includes('"a5806"'))
    const critical = history.filter(({ risk_score }) => risk_score === 90)
    expect(idsOf(child.stdout)).toEqual(critical.map(({ alert_id }) => alert_id))
  })

  test('tells apart more alerts of one millisecond than fit a page', async () => {
    await using server = await runServer()
    await publish(
      server,
      pastAlerts(3500, 'a', () => hour / 2),
    )
    await using child = watch(server.url)
    await publish(server, [{ alert_id: 'last', entity_id: 'e', risk_score: 1 }])
    await child.until(({ stdout }) => stdout.includes('"last"') && idsOf(stdout).length >= 3501)
    expect(new Set(idsOf(child.stdout)).size).toBe(3501)
    expect(idsOf(child.stdout)).toHaveLength(3501)
  })

  test('loses and doubles nothing that comes or changes while the history is read', async () => {
    await using server = await runServer()
    const history = pastAlerts(3000, 'a')
    await publish(server, history)
    await using child = watch(server.url, '--exec', ':', '--exec-jobs', '4')
    // Handlers slow the reading of the history down, so that all of these come meanwhile.
    await child.until(({ stdout }) => stdout.includes('"a1"'))
    for (let n = 0; n < 10; n++)
      await publish(server, [
        { alert_id: `new${n}`, entity_id: 'e', risk_score: 1 },
        { ...history[2990 + n], explanation: 'changed' },
      ])
    expect(child.stdout).not.toContain('"a2991"')
    await child.until(({ stdout }) => stdout.includes('"new9"') && stdout.includes('"a3000"'))
    await publish(server, [{ alert_id: 'last', entity_id: 'e', risk_score: 1 }])
    await child.until(({ stdout }) => stdout.includes('"last"'))
    const ids = idsOf(child.stdout)
    expect(new Set(ids).size).toBe(3011)
    expect(ids).toHaveLength(3011)
  })

  test('--limit takes the newest so many', async () => {
    await using server = await runServer()
    await publish(server, pastAlerts(30, 'a'))
    const { stdout } = await watch(server.url, '--limit', '3', '--count', '3').ended
    expect(idsOf(stdout)).toEqual(['a28', 'a29', 'a30'])
  })

  test('what is there already can meet --until', async () => {
    await using server = await runServer()
    await publish(server, pastAlerts(30, 'a'))
    expect((await watch(server.url, '--until', 'id:a20').ended).code).toBe(0)
  })

  test('an older server, which knows no ranges, is asked page by page', async () => {
    await using old = await startOldServer({ retry: 50 })
    const fresh = ['o1', 'o2', 'o3'].map((alert_id, n) =>
      insight({ alert_id, timestamp: new Date(Date.now() - 60_000 + n * 1000).toISOString() }),
    )
    old.publish(insight({ alert_id: 'ancient', timestamp: '2020-01-01T00:00:00.000Z' }), ...fresh)
    await using child = watch(old.url)
    await child.until(({ stdout }) => idsOf(stdout).length === 3)
    old.publish(insight({ alert_id: 'o4', timestamp: new Date().toISOString() }))
    await child.until(({ stdout }) => stdout.includes('"o4"'))
    expect(idsOf(child.stdout)).toEqual(['o1', 'o2', 'o3', 'o4'])
  })
})
