import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { receiveNotification } from '../../../../src/server/sources/receive-notification.ts'
import { alertmanager } from '../../../../src/server/sources/alertmanager/alertmanager.ts'
import { createSeverityScale } from '../../../../src/server/sources/severity-scale.ts'
import { MemoryStore } from '../../../helpers/memory-store.ts'

interface Notification {
  alerts: {
    status: string
    labels: Record<string, string>
    annotations: Record<string, string>
    startsAt: string
  }[]
}

/** A body that a real Alertmanager sent. */
const sent = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../fixtures/alertmanager/${name}.json`, import.meta.url), 'utf8'),
  ) as Notification

function openInbox(severityMap?: ReadonlyMap<string, number>) {
  const store = new MemoryStore()
  const riskOf = createSeverityScale(severityMap)
  let hour = 12
  const post = async (notification: Notification) => {
    const now = new Date(Date.UTC(2026, 10, 23, hour++))
    const { items } = await receiveNotification(
      { store, riskOf },
      'alertmanager',
      alertmanager,
      notification,
      now,
    )
    return items.map(({ result }) => result)
  }
  const latest = async () => (await store.recent({ limit: 100 })).items
  return { store, post, latest }
}

/** As a person does it in the meantime. */
const change = (store: MemoryStore, alertId: string, fields: object) =>
  store.append([{ alertId, apply: (current) => current && { ...current, ...fields } }])

test('a late firing of what is resolved changes nothing', async () => {
  const { store, post, latest } = openInbox()
  await post(sent('firing-single'))
  const [fired] = await latest()
  await change(store, fired?.alert_id ?? '', {
    status: 'acknowledged',
    acknowledged_by: 'ana',
    acknowledged_at: '2026-11-23T15:54:00.000Z',
  })
  await post(sent('resolved-single'))
  const resolved = await latest()
  expect(resolved).toMatchObject([{ status: 'resolved', acknowledged_by: 'ana' }])
  const late = sent('firing-single')
  expect(await post(late)).toEqual(['unchanged'])
  late.alerts[0]!.annotations.summary = 'another text'
  late.alerts[0]!.labels.severity = 'p0'
  expect(await post(late)).toEqual(['unchanged'])
  expect(await latest()).toEqual(resolved)
})

test('what a person resolved stays resolved while it fires on', async () => {
  const { store, post, latest } = openInbox()
  await post(sent('firing-single'))
  const [fired] = await latest()
  await change(store, fired?.alert_id ?? '', { status: 'resolved', resolved_at: '2026-11-23T15:54:00.000Z' })
  expect(await post(sent('firing-single'))).toEqual(['unchanged'])
  expect(await latest()).toMatchObject([{ status: 'resolved' }])
})

test('another startsAt is another episode, and open', async () => {
  const { post, latest } = openInbox()
  await post(sent('firing-single'))
  await post(sent('resolved-single'))
  expect(await post(sent('refired-single'))).toEqual(['created'])
  expect(new Set((await latest()).map(({ status }) => status))).toEqual(new Set(['open', 'resolved']))
})

test('a group in any order ends in the same state', async () => {
  const names = ['firing-group3', 'mixed-one-resolved-two-firing', 'resolved-group-rest']
  for (const order of [names, names.toReversed(), [...names, ...names]]) {
    const { post, latest } = openInbox()
    for (const name of order) await post(sent(name))
    expect((await latest()).map(({ status }) => status)).toEqual(['resolved', 'resolved', 'resolved'])
  }
})

test('an alert without a severity is a warning', async () => {
  const { post, latest } = openInbox()
  await post(sent('firing-bare-label'))
  expect(await latest()).toMatchObject([{ risk_score: 70 }])
})

test.for([
  ['P1', undefined, 90],
  ['sev1', undefined, 90],
  [' High ', undefined, 75],
  ['constructor', undefined, 70],
  ['__proto__', undefined, 70],
  ['', undefined, 70],
  ['info', '97', 97],
  ['critical', '0', 0],
  ['critical', ' 12.5 ', 12.5],
  ['critical', '100', 100],
  ['critical', '101', 90],
  ['critical', '-1', 90],
  ['critical', 'NaN', 90],
  ['critical', 'Infinity', 90],
  ['critical', '0x10', 90],
  ['critical', '50%', 90],
  ['critical', '', 90],
  ['ticket', undefined, 40],
] as const)('severity %j with the annotation risk_score %j has risk %d', async ([severity, given, risk]) => {
  const { post, latest } = openInbox(new Map([['ticket', 40]]))
  const notification = sent('firing-single')
  const [alert] = notification.alerts
  alert!.labels.severity = severity
  if (given !== undefined) alert!.annotations.risk_score = given
  await post(notification)
  expect((await latest())[0]?.risk_score).toBe(risk)
})

test('one bad alert does not lose its siblings, and the answer says which', async () => {
  const store = new MemoryStore()
  const { alerts } = sent('firing-group3')
  const body = { alerts: [{ ...alerts[0], labels: { severity: 7 } }, alerts[1], 'x', alerts[2]] }
  const parts = { store, riskOf: createSeverityScale() }
  const { accepted, refused } = await receiveNotification(
    parts,
    'alertmanager',
    alertmanager,
    body,
    new Date(),
  )
  expect(accepted).toBe(2)
  expect(refused).toMatchObject([
    { index: 0, path: 'labels.severity' },
    { index: 2, path: '' },
  ])
})

test('replicas that link to themselves, and end a bit apart, make no other version', async () => {
  const { store, post, latest } = openInbox()
  const [fired, resolved] = [sent('firing-single'), sent('resolved-single')]
  await post(fired)
  const other = structuredClone(fired) as { alerts: object[] }
  Object.assign(other.alerts[0]!, { generatorURL: 'http://prometheus-b:9090/graph' })
  delete (other.alerts[0] as { annotations: Record<string, string> }).annotations.runbook_url
  expect(await post(other as typeof fired)).toEqual(['unchanged'])
  await post(resolved)
  const [before] = await latest()
  const later = structuredClone(resolved) as { alerts: object[] }
  Object.assign(later.alerts[0]!, { endsAt: '2026-11-23T23:00:00Z' })
  expect(await post(later as typeof fired)).toEqual(['unchanged'])
  expect(await latest()).toEqual([before])
  expect(store.log).toHaveLength(2)
})
