import { expect, test } from 'vitest'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { insight } from '../../helpers/insights.ts'
import { iops } from '../../helpers/iops.ts'
import { openStream, startScriptedServer } from '../../helpers/scripted-server.ts'

test.each([1, 3])('--max-attempts %i makes as many attempts', async (attempts) => {
  await using server = await startScriptedServer({
    '/stream': (response) => void response.writeHead(503, { 'retry-after': '1' }).end('{"error":"busy"}'),
  })
  const { code, stderr } = await iops([
    'watch',
    '--json',
    '--max-attempts',
    String(attempts),
    '--url',
    server.url,
  ])
  expect(code).toBe(5)
  expect(stderr).toContain(`gave up after ${attempts} attempt`)
  expect(server.visits('/stream')).toHaveLength(attempts)
})

test('the loss of a link that worked is no failed attempt', async () => {
  const beat = 'event: beat\nid: log-1\ndata: {"time":"2026-11-23T14:22:07.120Z"}\n\n'
  await using server = await startScriptedServer({
    '/stream': (response, _visit, nth) => {
      if (nth === 2) return void response.writeHead(503, { 'retry-after': '1' }).end('{}')
      openStream(
        response,
        `retry: 20\n\nid: log-1\ndata: ${encodeInsight(insight({ alert_id: 'a' }))}\n\n${beat}`,
      ).end()
    },
  })
  const { stderr } = await iops(['watch', '--json', '--max-attempts', '1', '--url', server.url])
  expect(stderr).toContain('gave up after 1 attempt')
  expect(server.visits('/stream')).toHaveLength(2)
})
