import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { binary, iops } from '../helpers/iops.ts'
import { insight } from '../helpers/insights.ts'
import { answerJson, startScriptedServer } from '../helpers/scripted-server.ts'
import { temporary } from '../helpers/temporary.ts'

test('an alert id that looks like a flag is an id, through the documented pipe and after --', async () => {
  using folder = temporary()
  const pwned = join(folder.path, 'pwned')
  const ids = [`--token-command=touch ${pwned}`, '--url=http://127.0.0.1:9', '-n', '--help', '--']
  await using server = await startScriptedServer({
    '/insights/recent': (response) =>
      answerJson(response, 200, { items: ids.map((alert_id) => insight({ alert_id })) }),
    '*': (response) => answerJson(response, 200, insight({ alert_id: 'x', status: 'acknowledged' })),
  })
  const env = { IOPS_URL: server.url, XDG_CONFIG_HOME: folder.path }
  const list = await iops(['recent', '--json'], { env })
  const found = (JSON.parse(list.stdout) as { alert_id: string }[]).map(({ alert_id }) => alert_id)
  const piped = await iops(['ack', '-'], { env, input: found.join('\n') })
  expect(piped).toMatchObject({ code: 0, stderr: '' })
  const named = await iops(['ack', '--', ...ids], { env })
  expect(named).toMatchObject({ code: 0, stderr: '' })
  const got = await iops(['get', '--json', '--', ids[0] ?? ''], { env })
  expect(got).toMatchObject({ code: 0, stderr: '' })
  for (const id of ids)
    expect(server.visits(`/insights/${encodeURIComponent(id)}`).length, id).toBeGreaterThanOrEqual(2)
  expect(existsSync(pwned)).toBe(false)
})

test('under set -euo pipefail, a filter that finds nothing is no failure', () => {
  const script = `set -euo pipefail
    printf '' | "$NODE" "$IOPS" ack -
    "$NODE" "$IOPS" resolve - </dev/null
    "$NODE" "$IOPS" resolve - <&-
    echo reached`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE: process.execPath, IOPS: binary, IOPS_URL: 'http://127.0.0.1:9' },
  })
  expect({ stdout, stderr, status }).toEqual({ stdout: 'reached\n', stderr: '', status: 0 })
})
