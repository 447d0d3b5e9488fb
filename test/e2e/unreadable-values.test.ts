import { expect, it } from 'vitest'
import { iops } from '../helpers/iops.ts'
import { openStream, startScriptedServer } from '../helpers/scripted-server.ts'

const base = '"entity_id":"e","timestamp":"2026-11-23T14:22:07.120Z","prediction_type":"churn_risk"'
const rest = '"explanation":"x","recommendations":[],"model_used":"m","confidence":0.5,"status"'
const noRisk = `{"alert_id":"no-risk",${base},"risk_score":"n/a",${rest}:"open"}`
const overflow = `{"alert_id":"overflow",${base},"risk_score":1e999,${rest}:"open"}`
const closed = `{"alert_id":"closed",${base},"risk_score":10,${rest}:"closed"}`
const oneLabel = `{"alert_id":"one-label",${base},"risk_score":10,${rest}:"open","labels":{"team":"a","tries":7}}`
const calm = `{"alert_id":"calm",${base},"risk_score":10,${rest}:"open"}`
const events = [noRisk, overflow, closed, oneLabel, calm]

const startServer = () =>
  startScriptedServer({
    '/stream': (response, _, nth) => {
      // A new version of each, too.
      const again = events.map((json) => json.replace('"x"', '"y"'))
      const all = nth === 1 ? [...events, ...again] : []
      const frames = all.map((json, index) => `id: e-${index + 1}\ndata: ${json}\n\n`)
      openStream(response, `retry: 100\n\n${frames.join('')}event: beat\ndata: {}\n\n`)
    },
    '/insights/recent': (response) =>
      response.setHeader('content-type', 'application/json').end(`{"items":[${events.join(',')}]}`),
    '/insights/no-risk': (response) => response.setHeader('content-type', 'application/json').end(noRisk),
  })

it('watch passes on what cannot be read as it came, and names each alert once', async () => {
  await using server = await startServer()
  const { stdout, stderr, code } = await iops(['watch', '--url', server.url, '--json', '--count', '10'])
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(0, 5)).toEqual(events)
  const named = stderr.split('\n').filter((line) => line.startsWith('iops: alert'))
  expect(named).toEqual([
    'iops: alert no-risk: risk_score can\'t be "n/a" (passed on as it came)',
    "iops: alert overflow: risk_score can't be 1e999 (passed on as it came)",
    'iops: alert closed: status can\'t be "closed" (passed on as it came)',
    "iops: alert one-label: labels.tries can't be 7 (passed on as it came)",
  ])
})

it('people see a question mark and a warning', async () => {
  await using server = await startServer()
  const { stdout } = await iops(['watch', '--url', server.url, '--plain', '--count', '5'])
  expect(stdout).toMatch(/^\S+ +\? +! warn {2}open .*\[no-risk\]$/m)
  expect(stdout).toMatch(/^\S+ +10 +! warn {2}\? .*\[closed\]$/m)
  expect(stdout).toMatch(/^\S+ +10 +· info {2}open .*\[calm\]$/m)
})

it('a gate for warnings is met by it', async () => {
  const live = `id: e-0\nevent: beat\ndata: {}\n\nid: e-1\ndata: ${calm}\n\nid: e-2\ndata: ${closed}\n\n`
  await using server = await startScriptedServer({
    '/stream': (response) => void openStream(response, `retry: 100\n\n${live}`),
  })
  const gate = ['watch', '--url', server.url, '--json', '--until', 'severity>=warning', '--timeout', '30s']
  const { stdout, code } = await iops(gate)
  expect(stdout).toBe(`${calm}\n${closed}\n`)
  expect(code).toBe(0)
})

it('recent and get pass it on as it came, and name it', async () => {
  await using server = await startServer()
  const recent = await iops(['recent', '--url', server.url, '--ndjson', '--filter', 'severity>=warning'])
  expect(recent.stdout).toBe(`${noRisk}\n${overflow}\n${closed}\n`)
  expect(recent.stderr.match(/^iops: alert no-risk: risk_score /gm)).toHaveLength(1)
  const people = await iops(['recent', '--url', server.url])
  expect(people.stdout).toMatch(/^\S+ +\? +! warn/m)
  const get = await iops(['get', 'no-risk', '--url', server.url])
  expect(get.stdout).toMatch(/^risk_score +\? ! warn$/m)
  expect(get.stderr).toContain('risk_score can\'t be "n/a"')
  expect((await iops(['get', 'no-risk', '--url', server.url, '--json'])).stdout).toBe(`${noRisk}\n`)
})
