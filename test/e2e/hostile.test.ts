import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { displayWidth } from '../../src/text/width.ts'
import { hostileStrings } from '../helpers/hostile.ts'
import { iops } from '../helpers/iops.ts'
import { insight } from '../helpers/insights.ts'
import { openIops } from '../helpers/pty.ts'
import { answerJson, openStream, startScriptedServer } from '../helpers/scripted-server.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

// oxlint-disable-next-line no-control-regex
const acting = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/

const all = hostileStrings.filter((text) => text.length < 1000).join(' ')

/** Every field says what a stranger wants to say, a field that nobody knows included. */
const insights = hostileStrings.map((text, index) =>
  Object.assign(
    insight({
      alert_id: `h${index}${text.slice(0, 100)}`,
      entity_id: text,
      timestamp: index % 2 === 0 ? text : new Date(Date.now() - index * 1000).toISOString(),
      prediction_type: text,
      explanation: text,
      recommendations: [text],
      model_used: text,
      source: text,
      acknowledged_by: text,
      acknowledged_at: text,
      labels: { [text]: text },
      url: text,
    }),
    { [text.slice(0, 50)]: text },
  ),
)

const totals = {
  total: 1e300,
  critical: -3,
  warning: 11,
  info: 0.5,
  avgRisk: 43,
  byType: Object.fromEntries(hostileStrings.map((text, index) => [text, index])),
  byStatus: { [all]: 3 },
  buckets: [{ start: all, total: 3, critical: 1 }],
}

/** A server whose every word is hostile. */
const hostileServer = () =>
  startScriptedServer({
    '/insights/recent': (response) => answerJson(response, 200, { items: insights, nextToken: null }),
    '/insights/aggregations': (response) => answerJson(response, 200, totals),
    '/insights/h': (response) => answerJson(response, 200, { ...insights[0], explanation: all }),
    '/stream': (response) => {
      openStream(response, 'retry: 5000\n\n')
      for (const one of insights) response.write(`id: 7f-1\ndata: ${JSON.stringify(one)}\n\n`)
      response.write(`event: ${all.replace(/[\r\n]/g, '')}\ndata: x\n\ndata: {"\x1b[31m\n\n`)
      response.write(`event: reset\ndata: ${JSON.stringify({ reason: all })}\n\n`)
      response.write(`id: 7f-2\nevent: beat\ndata: ${JSON.stringify({ time: all })}\n\n`)
    },
  })

it.each([
  [['recent']],
  [['recent', '--json']],
  [['recent', '--ndjson']],
  [['get', 'h']],
  [['get', 'h', '--json']],
  [['stats']],
  [['stats', '--json']],
  [['watch', '--count', '10']],
  [['watch', '--json', '--count', '10']],
])('nothing that a hostile server sends acts: %j', async (argv) => {
  await using server = await hostileServer()
  const { stdout, stderr } = await iops([...argv, '--url', server.url])
  expect(stdout.length).toBeGreaterThan(100)
  expect(stdout).not.toMatch(acting)
  expect(stderr).not.toMatch(acting)
})

it('the table of recent keeps its columns and its width on a terminal', async () => {
  await using server = await hostileServer()
  const pty = openIops(['recent', '--url', server.url], { columns: 100, rows: 60 })
  onTestFinished(() => pty.close())
  expect(await pty.exit()).toBe(0)
  const written = pty.output.trimEnd().split('\r\n')
  // On a terminal stderr is there as well: it names what can't be read.
  const lines = written.filter((line) => !line.startsWith('iops: '))
  expect(lines).toHaveLength(insights.length + 1)
  // oxlint-disable-next-line no-control-regex
  const colors = /\x1b\[[\d;]*m/g
  for (const line of lines) expect(displayWidth(line.replaceAll(colors, ''))).toBeLessThanOrEqual(100)
})

/** An answer as it goes over the wire, hostile reason phrase and headers included. */
async function rawServer(answer: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')))
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const json = JSON.stringify({ error: all, code: all, details: [{ index: 0, path: all, message: all }, all] })
const head = (status: string, ...headers: string[]) =>
  [`HTTP/1.1 ${status}`, ...headers, 'connection: close', '', ''].join('\r\n')
const utf8 = Buffer.from(json, 'utf8').toString('latin1')

it.each([
  ['a reason phrase', head('418 \x9b2J\x9d0;t\x9c', 'content-length: 0')],
  ['an error in JSON', head('400 no', 'content-type: application/json') + utf8],
  ['a header of the time', head('503 no', 'retry-after: \x9b31m5', 'content-type: application/json') + utf8],
  ['a media type', head('500 no', 'content-type: text/\x9b31m; x') + 'no'],
  ['a redirect', head('302 no', 'location: http://127.0.0.1:9/\x9b31m', 'content-length: 0')],
  ['a challenge', head('401 no', 'www-authenticate: \x9b31m', 'content-length: 0')],
  ['what is no HTTP', '\x1b[2J\x1b]0;t\x07'],
])('nothing acts in the words about a fault: %s', async (_, answer) => {
  const url = await rawServer(answer)
  const ended = await Promise.all(
    [
      ['recent'],
      ['get', 'x'],
      ['stats'],
      ['ack', 'x'],
      ['watch', '--max-attempts', '1', '--timeout', '1s'],
    ].map((argv) => iops([...argv, '--url', url])),
  )
  for (const { stdout, stderr, code } of ended) {
    expect(code).toBeGreaterThan(0)
    expect(stderr).toMatch(/^iops: /)
    expect(stdout + stderr).not.toMatch(acting)
    expect(stderr.length).toBeLessThan(6000)
  }
})

/** What the dashboard itself sends to the terminal: nothing else may be a sequence. */
// oxlint-disable-next-line no-control-regex
const own = /\x1b\[[\d;?]*[A-Za-z$]p?|\x1b\]8;;\x1b\\|[\r\n\b\x18]/g

it.each([
  [80, 24],
  [140, 40],
  [40, 10],
])('the dashboard at %i×%i stands whatever comes', async (columns, rows) => {
  await using server = await hostileServer()
  const pty = openIops(['watch', '--url', server.url], { columns, rows })
  onTestFinished(() => pty.close())
  await pty.until((text) => /▌.*‼ crit/.test(text) && text.includes('● live'))
  for (const keys of ['\x1b[F', '\r', '\x1b', 'x', 's', '\x1b[F', 'k', 'k', 'Ym', 'G']) pty.press(keys)
  await pty.until(/the markdown /)
  // Without a beat the header says for a while that it catches up.
  await pty.until(/● live/)
  const lines = pty.lines()
  expect(lines[0]).toMatch(/^ (iops +)?● live/)
  expect(lines[2]).toMatch(/ RISK .*ENTITY/)
  expect(lines).toHaveLength(rows)
  // The one sequence for the clipboard is ours; what is in it can't act.
  // oxlint-disable-next-line no-control-regex
  const rest = pty.output.replace(/\x1b\]52;c;[A-Za-z0-9+/=]*\x07/g, '').replace(own, '')
  expect(rest).not.toMatch(acting)
  expect(pty.isAlternate).toBe(true)
  pty.press('q')
  expect(await pty.exit()).toBe(0)
})

it('a hostile Alertmanager reaches a real server, and nothing of it acts on the screen', async () => {
  using directory = temporary()
  await using serving = await serve(directory.path)
  const payload = readFileSync(new URL('../fixtures/alertmanager-hostile.json', import.meta.url), 'utf8')
  const response = await fetch(`${serving.url}/integrations/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: payload,
  })
  expect(response.ok).toBe(true)
  const pty = openIops(['watch', '--url', serving.url], { columns: 140, rows: 40 })
  onTestFinished(() => pty.close())
  await pty.until((text) => text.includes('● live') && /‼ \d/.test(text) && text.includes('Hostile'))
  expect(pty.output.replace(own, '')).not.toMatch(acting)
  expect(serving.iops.stderr).not.toMatch(acting)
})
