import { expect, test } from 'vitest'
import { temporary } from '../../helpers/temporary.ts'
import { Iops } from '../../helpers/iops.ts'
import { openStream, startScriptedServer } from '../../helpers/scripted-server.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { insight } from '../../helpers/insights.ts'

const frame = (n: number) => `id: log-${n}\ndata: ${encodeInsight(insight({ alert_id: `a${n}` }))}\n\n`
const beat = (n: number) => `event: beat\nid: log-${n}\ndata: {"time":"${new Date().toISOString()}"}\n\n`

test('each of thirteen equal gaps has its own line, and each connection one "live from"', async () => {
  const gaps = 13
  await using server = await startScriptedServer({
    '/stream': (response, _visit, nth) => {
      openStream(response, `retry: 10\n\n${frame(nth)}${beat(nth)}${beat(nth)}`)
      if (nth <= gaps) setTimeout(() => response.end(), 50)
    },
  })
  await using watch = new Iops(['watch', '--json', '--url', server.url])
  await watch.until(({ stderr }) => /(live from[^]*){13}/.test(stderr))
  const count = (words: RegExp) => (watch.stderr.match(words) ?? []).length
  expect(count(/^iops: resumed after 0 s: 1 alert replayed, none lost$/gm)).toBe(gaps)
  expect(count(/^iops: link down/gm)).toBe(gaps)
  // The first good start is not told to a program.
  expect(count(/^iops: live from/gm)).toBe(gaps)
})

test('a position that the server cannot honour is told once', async () => {
  await using server = await startScriptedServer({
    '/stream': (response, { headers }, nth) => {
      const reset =
        headers['last-event-id'] === undefined ? '' : 'event: reset\ndata: {"reason":"expired"}\n\n'
      openStream(response, `retry: 10\n\n${reset}${frame(nth)}${beat(nth)}`)
      if (nth === 1) setTimeout(() => response.end(), 50)
    },
  })
  await using watch = new Iops(['watch', '--json', '--url', server.url])
  await watch.until(({ stderr }) => stderr.includes('live from'))
  expect(watch.stderr.match(/others may be missing \(expired\)/g)).toHaveLength(1)
})

test('a run that goes on where the last one was left says so in one line', async () => {
  await using server = await startScriptedServer({
    '/stream': (response, { headers }) => {
      openStream(response, headers['last-event-id'] === undefined ? frame(1) + beat(1) : frame(2) + beat(2))
    },
  })
  using state = temporary()
  const env = { XDG_STATE_HOME: state.path }
  const argv = ['watch', '--json', '--resume', '--count', '1', '--url', server.url]
  await new Iops(argv, { env }).ended
  await using second = new Iops(
    argv.filter((word) => word !== '--count' && word !== '1'),
    { env },
  )
  await second.until(({ stderr }) => stderr.includes('since you left'))
  expect(second.stderr).toMatch(/^iops: since you left \d+ s ago: 1 critical\n$/)
})
