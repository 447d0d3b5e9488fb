import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { insight } from './insights.ts'
import { MemoryStore } from './memory-store.ts'
import { runServer } from './server.ts'

/** Publishes alerts as fast as the arguments say, each one new; types and entities repeat. */
const perSecond = Number(process.argv[2])
const until = Number(process.argv[3]) * 1000
const batch = Math.ceil(perSecond / 20)
const types = ['churn_risk', 'session_quality', 'supply_gap']

const store = new MemoryStore()
const server = await runServer({ store })
process.stdout.write(`${server.url}\n`)
await once(process.stdin, 'data')
const startedAt = Date.now()
let count = 0
while (Date.now() < startedAt + until) {
  const items = Array.from({ length: batch }, () => make(count++))
  await store.put(...items)
  await sleep(Math.max(0, startedAt + (count / perSecond) * 1000 - Date.now()))
}

function make(index: number) {
  return insight({
    alert_id: `load-${index}`,
    entity_id: `cust_${(index * 7919) % 20_000}`,
    prediction_type: types[index % types.length] ?? '',
    risk_score: (index * 37) % 101,
    timestamp: new Date().toISOString(),
    explanation: `95% churn probability in the next 14 days, driven by ${index % 17} cancelled sessions and no reply`,
    recommendations: ['call within the day', 'offer another tutor'],
    labels: { team: 'payments', region: 'eu-west-1' },
  })
}
