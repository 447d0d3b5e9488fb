import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { iopsBin, openFixture, openIops, Pty } from '../helpers/pty.ts'
import { recentInsight } from '../helpers/insights.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { runServer } from '../helpers/server.ts'
import { temporary } from '../helpers/temporary.ts'

type Server = Awaited<ReturnType<typeof runServer>>

let store: MemoryStore
let server: Server
const open: Pty[] = []

beforeEach(async () => {
  store = new MemoryStore()
  server = await runServer({ store })
})

afterEach(async () => {
  for (const pty of open.splice(0)) await pty.close()
  await server.close()
})

const publish = (...insights: Insight[]) => store.put(...insights)
const some = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => recentInsight(from + index))

const watch = (
  options: { columns?: number; rows?: number; env?: Record<string, string> } = {},
  ...argv: string[]
) => {
  const pty = openIops(['watch', '--url', server.url, ...argv], options)
  open.push(pty)
  return pty
}

/** Part of every wait: a frame may arrive in pieces, and a screen that is half drawn shows neither. */
const showsEachOnce = (text: string, count: number) =>
  Array.from({ length: count }, (_, index) => text.split(`cust_${index} `).length).every(
    (pieces) => pieces === 2,
  )

/** Every mode that the dashboard may turn on, as the terminal has it at the end. */
const expectRestored = (pty: Pty) => {
  expect(pty.isAlternate).toBe(false)
  expect(pty.xterm.modes).toMatchObject({
    bracketedPasteMode: false,
    mouseTrackingMode: 'none',
    sendFocusMode: false,
    wraparoundMode: true,
  })
  expect(pty.output.lastIndexOf('[?25h')).toBeGreaterThan(pty.output.lastIndexOf('[?25l'))
}

test.each([
  [80, 24],
  [140, 40],
  [40, 10],
])('at %i×%i it shows what is there and what comes', async (columns, rows) => {
  await publish(...some(0, 5))
  const pty = watch({ columns, rows })
  await pty.until((text) => text.includes('● live') && text.includes('cust_4'))
  await publish(recentInsight(9, { entity_id: 'cust_new', risk_score: 97 }))
  await pty.until((text) => text.includes('cust_new') && /^▌ +97 ‼ crit/.test(text.split('\n')[3] ?? ''))
  if (columns >= 80) await pty.until(/live .* lag \d/)
})

test.each([
  ['NO_COLOR', { NO_COLOR: '1' }, [], false],
  ['FORCE_COLOR over NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, [], true],
  ['--color=never', {}, ['--color=never'], false],
  ['nothing said', {}, [], true],
] as const)('colour with %s: severity is read all the same', async (_, env, flags, isColored) => {
  await publish(
    recentInsight(1, { risk_score: 97 }),
    recentInsight(2, { risk_score: 66 }),
    recentInsight(3, { risk_score: 3 }),
  )
  const pty = watch({ env }, ...flags)
  await pty.until(/3 · info[^]*66 ! warn[^]*97 ‼ crit/)
  // oxlint-disable-next-line no-control-regex
  expect(/\u001b\[(\d+;)*(3[0-8]|4[0-8]|9[0-7]|10[0-7])(;\d+)*m/.test(pty.output)).toBe(isColored)
})

test.each([
  [['--ascii'], {}],
  [[], { LANG: 'C' }],
] as const)('in ASCII with %j and %j, in the narrowest terminal too', async (flags, env) => {
  await publish(recentInsight(1, { risk_score: 97, explanation: 'plain words' }))
  const pty = watch({ columns: 40, rows: 10, env }, ...flags)
  await pty.until(/> +97 !! crit +cust_1/)
  // oxlint-disable-next-line no-control-regex
  expect(pty.text()).toMatch(/^[\n\x20-\x7e]+$/)
})

test('a resize is followed, down to what is too small', async () => {
  await publish(...some(0, 30))
  const pty = watch()
  await pty.until('cust_29')
  expect(pty.text()).not.toContain('confidence')
  pty.resize(140, 40)
  await pty.until('EXPLANATION')
  pty.press('j')
  await pty.until('confidence')
  pty.resize(40, 10)
  await pty.until(
    (text) => !text.includes('confidence') && text.includes('cust_29') && !text.includes('TYPE'),
  )
  pty.resize(30, 8)
  await pty.until('iops needs 40×10')
  pty.resize(80, 24)
  await pty.until('TYPE')
})

test('keys: moving, detail, filter, help, and a chunk of j', async () => {
  await publish(...some(0, 40))
  const pty = watch()
  await pty.until('cust_39')
  pty.press('jjj')
  await pty.until(/▌.*cust_36/)
  pty.press('\r')
  await pty.until('confidence')
  pty.press('\u001b')
  await pty.until('ENTITY')
  pty.press('/entity:cust_1?\r')
  await pty.until((text) => /filter entity:cust_1\?.*30 hidden/.test(text) && !text.includes('cust_2'))
  pty.press('?')
  await pty.until('next critical')
  pty.press('undo')
  await pty.until((text) => text.includes('undo the last') && !text.includes('next critical'))
  pty.press('\u001b')
  await pty.until('ENTITY')
  pty.press('G')
  await pty.until(/▌.*cust_19/)
})

test('esc and the next key are two keys, however fast they come', async () => {
  await publish(...some(0, 40))
  const pty = watch()
  await pty.until('cust_39')
  for (const [keys, selected] of [
    ['\u001b\u001b[B', 'cust_3 '],
    ['\u001b\u001b[F', 'cust_0 '],
    ['\u001bG', 'cust_39 '],
  ] as const) {
    pty.press('/entity:cust_?\r')
    await pty.until(/filter entity:cust_\?.*30 hidden/)
    pty.press('g')
    await pty.until(/▌.*cust_9 /)
    pty.press('jjjjj')
    await pty.until(/▌.*cust_4 /)
    pty.press(keys)
    await pty.until((text) => text.includes('all alerts') && new RegExp(`▌.*${selected}`).test(text))
  }
})

test('a pasted chunk fires no key', async () => {
  await publish(recentInsight(1))
  const pty = watch()
  await pty.until('cust_1')
  pty.press('\u001b[200~q\u0003aR\u001b[201~')
  await pty.until('pasted text does nothing here')
  pty.press('q')
  expect(await pty.exit()).toBe(0)
})

test('acknowledge, resolve and undo arrive at the server, and at everybody who watches', async () => {
  await publish(recentInsight(1))
  const mine = watch({ columns: 110 })
  const other = watch({ columns: 110 })
  for (const pty of [mine, other]) await pty.until('cust_1')
  for (const [key, word, wanted] of [
    ['ga', /▌.* ack .*cust_1/, 'acknowledged'],
    ['R', /▌.* resolved .*cust_1/, 'resolved'],
    ['u', /▌.* ack .*cust_1/, 'acknowledged'],
    ['u', /▌.* open .*cust_1/, 'open'],
  ] as const) {
    mine.press(key)
    await mine.until((text) => word.test(text) && /acknowledged;|resolved;|taken back/.test(text))
    await other.until(word)
    expect((await store.get('a1'))?.status).toBe(wanted)
  }
})

test('at 140 columns an alert opens beside the list, and G closes it', async () => {
  await publish(...some(0, 50))
  const pty = watch({ columns: 140, rows: 40 })
  await pty.until((text) => text.includes('cust_49') && text.includes('⏎ detail'))
  pty.press('\r')
  await pty.until((text) => text.includes('confidence') && text.includes('esc close'))
  await publish(recentInsight(90))
  await pty.until((text) => /▌.*cust_49/.test(text) && text.includes('1 new above'))
  pty.press('G')
  await pty.until((text) => /▌.*cust_90/.test(text) && !text.includes('confidence'))
})

test('a server that goes: countdown and reason on the screen; r tries now; each alert once after', async () => {
  await publish(...some(0, 3))
  const pty = watch({ columns: 100 })
  await pty.until((text) => text.includes('● live') && text.includes('cust_2'))
  await server.close()
  await pty.until(/↻ retry in \ds/)
  await pty.until(/data \d+s old/)
  await publish(...some(3, 6))
  const { port } = new URL(server.url)
  server = await runServer({ store, port: Number(port) })
  pty.press('r')
  await pty.until(
    (text) =>
      text.includes('● live') && /link down .* · 3 replayed · 0 lost/.test(text) && showsEachOnce(text, 6),
  )
})

test('every alert is shown once, however it came', async () => {
  await publish(...some(0, 6))
  const pty = watch({ columns: 100 })
  await pty.until((text) => text.includes('no older alerts') && showsEachOnce(text, 6))
})

test('q ends with 0, the terminal as it was, and one line of summary', async () => {
  await publish(recentInsight(1, { risk_score: 90 }))
  const pty = watch()
  await pty.until('cust_1')
  pty.press('m')
  await pty.until('mouse on')
  pty.press('q')
  expect(await pty.exit()).toBe(0)
  expectRestored(pty)
  expect(pty.text()).toMatch(
    /^iops: watched \d+ s, 1 alert seen, 1 critical, no gaps; go on with: iops watch/,
  )
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const)('%s restores the terminal and ends with %i', async (signal, code) => {
  await publish(recentInsight(1))
  const pty = watch()
  await pty.until('cust_1')
  process.kill(pty.pid, signal)
  expect(await pty.exit()).toBe(code)
  expectRestored(pty)
  expect(pty.text()).toContain('iops: watched')
})

test('^C ends it while the server hangs', async () => {
  const held: Socket[] = []
  const hanging = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1')
  await new Promise((resolve) => hanging.once('listening', resolve))
  const { port } = hanging.address() as { port: number }
  const pty = openIops(['watch', '--url', `http://127.0.0.1:${port}`])
  open.push(pty)
  await pty.until('○ connecting')
  pty.press('\u0003')
  await pty.until((_, { isAlternate }) => !isAlternate)
  expect(await pty.exit()).toBe(130)
  expectRestored(pty)
  for (const socket of held) socket.destroy()
  hanging.close()
})

test('an error that nobody catches restores the terminal, and is read on the primary screen', async () => {
  await publish(recentInsight(1))
  const pty = openFixture('throwing-dashboard.tsx', [server.url])
  open.push(pty)
  await pty.until('cust_1')
  pty.press('b')
  expect(await pty.exit()).not.toBe(0)
  expectRestored(pty)
  expect(pty.text()).toContain('nobody catches this')
})

test('in screen-reader mode there is no screen: one line for each change', async () => {
  await publish(recentInsight(1, { risk_score: 90 }))
  const pty = watch({ columns: 120, env: { ACCESSIBLE: '1' } })
  await pty.until(/^critical 90, cust_1, churn_risk: story 1, open/m)
  expect(pty.output).not.toContain('\u001b')
  pty.press('\u0003')
  expect(await pty.exit()).toBe(130)
  expect(pty.text()).toContain('iops: watched')
})

test('in screen-reader mode, too, only alerts go to stdout, and how the connection is to stderr', async () => {
  using directory = temporary()
  const words = join(directory.path, 'words')
  const heard = () => readFileSync(words, 'utf8')
  await publish(recentInsight(1, { risk_score: 90 }), recentInsight(2, { risk_score: 10 }))
  const argv = ['watch', '--screen-reader', '--url', server.url, '--filter', 'severity:critical']
  const pty = new Pty('/bin/sh', ['-c', 'exec "$@" 2>"$WORDS"', 'sh', process.execPath, iopsBin, ...argv], {
    columns: 200,
    env: { WORDS: words },
  })
  open.push(pty)
  await pty.until('cust_1')
  await publish(
    recentInsight(2, { risk_score: 10, status: 'resolved' }),
    recentInsight(1, { risk_score: 90, status: 'acknowledged' }),
  )
  await pty.until('acknowledged')
  expect(heard()).toBe('iops: connected\n')
  const { port } = new URL(server.url)
  await server.close()
  await expect.poll(heard).toContain('link down')
  server = await runServer({ store, port: Number(port) })
  await publish(recentInsight(3, { risk_score: 99 }))
  await pty.until('cust_3')
  await expect.poll(heard).toContain('link is back, 1 alert replayed, none lost')
  pty.press('\u0003')
  expect(await pty.exit()).toBe(130)
  expect(heard()).toMatch(/iops: watched .*3 alerts seen, 3 critical/)
  const lines = pty.output.replace('^C', '').split('\r\n').filter(Boolean)
  expect(lines.map((line) => line.replace(/, \d\d:\d\d:\d\d$/, ''))).toEqual([
    'critical 90, cust_1, churn_risk: story 1, open',
    'critical 90, cust_1, churn_risk: story 1, acknowledged',
    'critical 99, cust_3, churn_risk: story 3, open',
  ])
}, 60_000)

test('in screen-reader mode ? tells the keys, r connects at once and q quits, each with Enter', async () => {
  await publish(recentInsight(1, { risk_score: 90 }))
  const pty = watch({ columns: 120, env: { ACCESSIBLE: '1' } })
  await pty.until('cust_1')
  pty.press('?\r')
  await pty.until(/iops: \? and Enter: all keys\n(.*\n)*iops: q and Enter: quit/)
  pty.press('r\r')
  await pty.until('iops: the link is up')
  const { port } = new URL(server.url)
  await server.close()
  await pty.until('link down')
  server = await runServer({ store, port: Number(port) })
  pty.press('r\r')
  await pty.until('link is back')
  pty.press('q\r')
  expect(await pty.exit()).toBe(0)
  expect(pty.text()).toContain('iops: watched')
  expect(pty.output).not.toContain('\u001b')
})

test('--resume opens with what happened since', async () => {
  using directory = temporary()
  const env = { XDG_STATE_HOME: directory.path }
  await publish(...some(0, 3))
  const before = watch({ env }, '--resume')
  await before.until('story 2')
  before.press('q')
  expect(await before.exit()).toBe(0)
  await publish(
    recentInsight(3, { risk_score: 95 }),
    recentInsight(4, { risk_score: 90 }),
    recentInsight(0, { risk_score: 90, status: 'resolved' }),
  )
  const after = watch({ env, columns: 100 }, '--resume')
  await after.until(/since you left .* ago: 2 critical, 1 resolved/)
})
