import { expect, test } from 'vitest'
import { iops } from '../helpers/iops.ts'
import { openStream, startScriptedServer } from '../helpers/scripted-server.ts'
import { runServer } from '../helpers/server.ts'

test('a healthy stream is ok, line by line', async () => {
  await using server = await runServer()
  const { stdout, code } = await iops(['doctor', '--url', server.url, '--wait', '500ms'])
  expect(code).toBe(0)
  const lines = stdout.trim().split('\n')
  expect(lines.map((line) => line.split(/ {2,}/)[1])).toEqual([
    'name',
    'status',
    'headers',
    'first byte',
    'events',
    'beats',
    'clock',
  ])
  expect(lines.every((line) => line.startsWith('ok '))).toBe(true)
})

test.each([
  ['HTML', 200, { 'content-type': 'text/html' }, /^fail {2}headers .*text\/html, not text\/event-stream$/m],
  ['an error', 503, { 'content-type': 'application/json' }, /^fail {2}status {6}503/m],
  ['compression', 200, { 'content-type': 'text/event-stream', 'content-encoding': 'x' }, /^warn {2}headers/m],
])('%s is told', async (_, status, headers, words) => {
  await using server = await startScriptedServer({
    '/stream': (response) => void response.writeHead(status, headers).end(),
  })
  const { stdout, code } = await iops(['doctor', '--url', server.url, '--wait', '500ms'])
  expect(stdout).toMatch(words)
  expect(code).toBe(1)
})

test('headers without a byte are a proxy that buffers', async () => {
  await using server = await startScriptedServer({ '/stream': (response) => void openStream(response) })
  const { stdout, code } = await iops(['doctor', '--url', server.url, '--wait', '500ms'])
  expect(stdout).toMatch(/^fail {2}first byte .*buffers$/m)
  expect(code).toBe(1)
})

test('a clock that differs is told', async () => {
  await using server = await startScriptedServer({
    '/stream': (response) =>
      void openStream(response, 'event: beat\ndata: {"time":"2020-01-01T00:00:00.000Z"}\n\n'),
  })
  const { stdout } = await iops(['doctor', '--url', server.url, '--wait', '500ms'])
  expect(stdout).toMatch(/^warn {2}clock .*behind$/m)
})
