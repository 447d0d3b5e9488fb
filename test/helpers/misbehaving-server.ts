import { insightFrame } from '../../src/protocol/frames.ts'
import { encodeInsight } from '../../src/protocol/insight/encode.ts'
import { insight } from './insights.ts'
import {
  answerJson,
  openStream,
  type Route,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.ts'

/** An insight frame of the log `log`, the nth alert. */
export const numberedFrame = (n: number): string =>
  insightFrame({ epoch: 'log', sequence: n }, encodeInsight(insight({ alert_id: `a${n}` })))

const beat = (n: number) => `event: beat\nid: log-${n}\ndata: {"time":"${new Date().toISOString()}"}\n\n`
const hello = 'retry: 20\n\n'
const frames = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => numberedFrame(from + n)).join('')

/** Sends on from the position that was asked for, up to `last`, with a beat, and stays open. */
const goodTo =
  (last: number): Route =>
  (response, { headers }) => {
    const passed = Number(/^log-(\d+)$/.exec(String(headers['last-event-id'] ?? ''))?.[1] ?? 0)
    openStream(response, `${hello}${frames(passed + 1, last)}${beat(last)}`)
  }

/** The first visits are bad, the later ones good. */
const first =
  (bad: Route, good: Route, visits = 1): Route =>
  (response, visit, nth) =>
    (nth <= visits ? bad : good)(response, visit, nth)

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = '{"error":"not now"}'): Route =>
  (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body)
  }

const html: Route = (response) => {
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end('<!doctype html><title>Hi</title>')
}

const cutAfter =
  (text: string): Route =>
  (response) => {
    openStream(response, hello + text)
    // Once the bytes are with the kernel; a reset afterwards still lets them through on loopback.
    response.write('', () => setImmediate(() => response.socket?.end()))
  }

/** One route per misbehaviour. */
const routes: Readonly<Record<string, Route>> = {
  '/unavailable-then-fine/stream': first(status(503), goodTo(2), 3),
  '/busy/stream': first(status(429, { 'retry-after': '2' }), goodTo(1)),
  '/unavailable-for-a-year/stream': status(503, { 'retry-after': 'Wed, 01 Jan 2120 00:00:00 GMT' }),
  '/broken/stream': first(status(500, {}, 'oops'), goodTo(1), 2),
  '/bad-filter/stream': status(400, {}, '{"error":"filter: \\u001b[31m\\"risk>\\" lacks a number, at 5"}'),
  '/not-allowed/stream': status(401),
  '/forbidden/stream': status(403),
  '/gone-quiet/stream': first(cutAfter(frames(1, 1) + beat(1)), (response) => response.writeHead(204).end()),
  '/html/stream': html,
  '/html-later/stream': first(cutAfter(frames(1, 1) + beat(1)), first(html, goodTo(2), 2)),
  '/no-type/stream': (response) => response.writeHead(200).end('hello'),
  '/absent-later/stream': first(cutAfter(frames(1, 1) + beat(1)), first(status(404), goodTo(2), 2)),
  '/cut-in-a-frame/stream': first(cutAfter(frames(1, 2) + numberedFrame(3).slice(0, -30)), goodTo(4)),
  '/cut-in-the-snapshot/stream': first(cutAfter(frames(1, 3)), goodTo(6)),
  '/unavailable-later-fine/stream': first(status(503), goodTo(2), 2),
  '/cut-in-the-replay/stream': first(cutAfter(frames(2, 3)), goodTo(6)),
  '/stalled/stream': first((response) => openStream(response, hello + frames(1, 1) + beat(1)), goodTo(2)),
  '/stalled-before-a-beat/stream': first((response) => openStream(response, hello + frames(1, 1)), goodTo(2)),
  '/silent-from-the-start/stream': first((response) => openStream(response), goodTo(1)),
  '/no-answer/stream': first(() => {}, goodTo(1)),
  '/slow-first-byte/stream': (response, _visit, nth) => {
    openStream(response)
    setTimeout(() => response.write(`${hello}${frames(1, 1)}${beat(nth)}`), 300)
  },
  '/duplicates/stream': (response) =>
    openStream(response, hello + frames(1, 3) + frames(2, 3) + beat(3) + frames(1, 4)),
  '/repeats-after-resume/stream': first(cutAfter(frames(1, 3) + beat(3)), (response) =>
    openStream(response, hello + frames(1, 5) + beat(5)),
  ),
  '/not-an-insight/stream': (response) =>
    openStream(
      response,
      `${hello}${frames(1, 1)}data: {"alert":1}\n\ndata: nonsense \u001b[2J\n\n${frames(2, 2)}${beat(2)}`,
    ),
  '/endless-event/stream': (response) => {
    openStream(response, hello)
    const more = () => {
      while (!response.destroyed && response.write(`data: ${'x'.repeat(65_536)}\n`));
    }
    response.on('drain', more)
    more()
  },
  '/redirect/stream': (response) => response.writeHead(307, { location: '/elsewhere/feed' }).end(),
  '/elsewhere/feed': goodTo(1),
  '/redirect-loop/stream': (response) => response.writeHead(302, { location: '/redirect-loop/stream' }).end(),
  '*': (response) => answerJson(response, 404, { error: 'Not found' }),
}

export const startMisbehavingServer = (): Promise<ScriptedServer> => startScriptedServer(routes)
