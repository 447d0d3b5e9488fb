import { execFile, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { iops } from '../helpers/iops.ts'
import { requireProgram, serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const path = '/usr/bin/prometheus-alertmanager'
const alertmanager = requireProgram(existsSync(path) ? path : undefined, 'prometheus-alertmanager')

test.skipIf(alertmanager === undefined)(
  'a real Alertmanager posts what fires and what is resolved',
  async () => {
    using directory = temporary()
    await using server = await serve(join(directory.path, 'journal'))
    const config = join(directory.path, 'alertmanager.yml')
    writeFileSync(
      config,
      `route: {receiver: iops, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: iops, webhook_configs: [{url: '${server.url}/integrations/alertmanager', send_resolved: true}]}]
`,
    )
    const child = spawn(alertmanager ?? '', [
      `--config.file=${config}`,
      `--storage.path=${join(directory.path, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ])
    const closed = new Promise((resolve) => child.once('close', resolve))
    try {
      const address = await new Promise<string>((resolve, reject) => {
        let words = ''
        child.once('close', () => reject(new Error(words)))
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          words += text
          const [, found] = /Listening on.*address=(127\.0\.0\.1:\d+)/.exec(words) ?? []
          if (found !== undefined) resolve(found)
        })
      })
      const raise = (...end: string[]) =>
        promisify(execFile)('amtool', [
          `--alertmanager.url=http://${address}`,
          'alert',
          'add',
          'HighErrorRate',
          'service=checkout',
          'severity=critical',
          '--annotation=summary="5xx ratio 12% on checkout"',
          ...end,
        ])
      const stream = await fetch(`${server.url}/stream`)
      const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
      let events = ''
      const until = async (words: string) => {
        while (!events.includes(words)) {
          const { value, done } = (await reader?.read()) ?? { value: '', done: true }
          if (done) throw new Error(`the stream ended: ${events}`)
          events += value ?? ''
        }
      }
      await raise()
      await until('5xx ratio 12% on checkout')
      await raise(`--end=${new Date().toISOString()}`)
      await until('"status":"resolved"')
      const page = (await (await fetch(`${server.url}/insights/recent`)).json()) as { items: unknown[] }
      expect(page.items).toHaveLength(1)
      expect(page.items[0]).toMatchObject({
        source: 'alertmanager',
        status: 'resolved',
        entity_id: 'checkout',
        labels: { alertname: 'HighErrorRate', severity: 'critical' },
      })
    } finally {
      child.kill()
      await closed
    }
  },
  60_000,
)

test('--severity-map says what words mean; a wrong file is refused before anything is opened', async () => {
  using directory = temporary()
  const map = join(directory.path, 'words.toml')
  writeFileSync(map, 'ticket = 85\nP1 = "info"\n')
  await using server = await serve(join(directory.path, 'journal'), ['--severity-map', map])
  const alerts = ['ticket', 'P1', 'warning'].map((severity) => ({
    status: 'firing',
    labels: { alertname: severity, severity },
    startsAt: '2026-11-23T15:53:50Z',
  }))
  await fetch(`${server.url}/integrations/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ version: '4', alerts }),
  })
  const page = (await (await fetch(`${server.url}/insights/recent`)).json()) as {
    items: { prediction_type: string; risk_score: number }[]
  }
  const risks = Object.fromEntries(page.items.map((item) => [item.prediction_type, item.risk_score]))
  expect(risks).toEqual({ ticket: 85, P1: 30, warning: 70 })
  writeFileSync(map, 'ticket = "urgent!"\n')
  const journal = join(directory.path, 'other')
  const { code, stderr } = await iops(['serve', '--store', journal, '--port', '0', '--severity-map', map])
  expect(code).toBe(2)
  expect(stderr).toContain(map)
  expect(stderr).toContain('"ticket"')
  expect(existsSync(journal)).toBe(false)
})
