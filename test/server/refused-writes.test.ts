import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type OpenLogFile, openLogFile } from '../../src/server/stores/journal/write/log-file.ts'
import { TestJournal } from '../helpers/journals.ts'
import { publishOne, runServer } from '../helpers/server.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

let broken = false
const failing: OpenLogFile = async (path, create) => {
  const file = await openLogFile(path, create)
  const sync = () =>
    broken ? Promise.reject(Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' })) : file.sync()
  return { ...file, sync }
}

async function ask(url: string, method = 'GET', body?: object) {
  const json = body && {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  }
  const response = await fetch(url, { method, ...json })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    text: await response.text(),
  }
}

it('says after a failed sync that no writes are taken, and why, wherever one looks', async () => {
  broken = false
  await using server = await runServer({ store: await journal.open({ openFile: failing }) })
  await publishOne(server, { alert_id: 'a' })
  expect((await ask(`${server.url}/readyz`)).status).toBe(200)
  expect((await ask(`${server.url}/metrics`)).text).toMatch(/^iops_journal_failed 0$/m)
  broken = true
  const post = await ask(`${server.url}/insights`, 'POST', { entity_id: 'b', risk_score: 1 })
  broken = false
  const again = await ask(`${server.url}/insights`, 'POST', { entity_id: 'b', risk_score: 1 })
  const patch = await ask(`${server.url}/insights/a`, 'PATCH', { status: 'resolved' })
  const ready = await ask(`${server.url}/readyz`)
  for (const { status, text, retryAfter } of [post, again, patch, ready]) {
    expect(status).toBe(503)
    expect(JSON.parse(text)).toMatchObject({ code: 'store_unavailable' })
    expect(text).toContain('EIO: i/o error, fsync')
    expect(text).toContain('until the server is restarted')
    expect(retryAfter).toMatch(/^[1-9]/)
  }
  expect((await ask(`${server.url}/metrics`)).text).toMatch(/^iops_journal_failed 1$/m)
  expect((await ask(`${server.url}/healthz`)).status).toBe(200)
  expect(journal.lines.join('\n')).toMatch(/error journal failed.*EIO: i\/o error, fsync/)
  expect((await ask(`${server.url}/insights/a`)).status).toBe(200)
})

it('is not ready any more once its directory is gone, before anybody publishes', async () => {
  await using server = await runServer({ store: await journal.open() })
  await publishOne(server, { alert_id: 'a' })
  await rm(journal.directory, { recursive: true })
  const ready = await ask(`${server.url}/readyz`)
  expect(ready.status).toBe(503)
  expect(ready.text).toContain('is gone')
  const post = await ask(`${server.url}/insights`, 'POST', { entity_id: 'b', risk_score: 1 })
  expect(post.status).toBe(503)
  expect((await ask(`${server.url}/metrics`)).text).toMatch(/^iops_journal_failed 1$/m)
})
