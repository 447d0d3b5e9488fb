import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { iops } from '../helpers/iops.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const post = (url: string, id: string, risk = 50) =>
  fetch(`${url}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alert_id: id, entity_id: 'cust_1', risk_score: risk }),
  })

test('a journal is verified and backed up while its server runs, restored, and compacted', async () => {
  using directory = temporary()
  const at = (name: string) => join(directory.path, name)
  {
    await using server = await serve(at('live'))
    for (let n = 0; n < 20; n++) await post(server.url, `alert-${n % 5}`, n)
    expect(await iops(['journal', 'verify', at('live')])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^20 insights in 1 segments, .*nothing is damaged\n$/) as string,
    })
    const backup = await iops(['journal', 'backup', `file:${at('live')}`, at('backup')])
    expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining('up to sequence 20') as string })
    const again = await iops(['journal', 'backup', at('live'), at('backup')])
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds a journal already') as string,
    })
    const busy = await iops(['journal', 'compact', at('live')])
    expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining('is in use by process') as string })
  }
  const restored = await iops(['journal', 'restore', at('backup'), at('restored')])
  expect(restored).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('restored 20 insights') as string,
  })
  const compacted = await iops(['journal', 'compact', at('restored')])
  expect(compacted).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('kept 5 of 20 insights') as string,
  })
  await using server = await serve(at('restored'))
  const { items } = (await (await fetch(`${server.url}/insights/recent`)).json()) as { items: unknown[] }
  expect(items).toHaveLength(5)
}, 60_000)

test('verify names each damaged line and ends with 1; no journal is an error, too', async () => {
  using directory = temporary()
  {
    await using server = await serve(directory.path)
    for (const id of ['a', 'b', 'c']) await post(server.url, id)
  }
  const name = readdirSync(directory.path).find((one) => one.endsWith('.ndjson')) ?? ''
  const path = join(directory.path, name)
  writeFileSync(path, readFileSync(path, 'utf8').replace('"alert_id":"b"', '"alert_id":"B"'))
  const { code, stdout, stderr } = await iops(['journal', 'verify', directory.path])
  expect(code).toBe(1)
  expect(stdout).toBe(`${path}:2 does not match its checksum\n`)
  expect(stderr).toContain('is damaged in 1 places')
  const nowhere = await iops(['journal', 'verify', join(directory.path, 'nowhere')])
  expect(nowhere.code).toBe(1)
  expect(nowhere.stderr).toContain('there is no journal in')
})
