import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { binary } from '../helpers/iops.ts'
import { recentInsight } from '../helpers/insights.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { openIops, type Pty } from '../helpers/pty.ts'
import { openStream, startScriptedServer } from '../helpers/scripted-server.ts'
import { runServer, type TestServer } from '../helpers/server.ts'
import { temporary } from '../helpers/temporary.ts'

const run = promisify(execFile)

let store: MemoryStore
let server: TestServer

beforeEach(async () => {
  store = new MemoryStore()
  server = await runServer({ store })
})
afterEach(() => server.close())

const put = (...insights: Insight[]) => store.put(...insights)
async function watch(env: Record<string, string> = {}, ...argv: string[]): Promise<Pty> {
  const pty = openIops(['watch', '--url', server.url, ...argv], { columns: 110, env })
  onTestFinished(() => pty.close())
  await pty.until((text) => text.includes('● live') && /▌.*cust_/.test(text) && /‼ \d/.test(text))
  return pty
}

/** The texts that were sent to the terminal's clipboard. */
const copied = ({ output }: Pty): string[] =>
  // oxlint-disable-next-line no-control-regex
  Array.from(output.matchAll(/\x1b\]52;c;([A-Za-z0-9+/=]*)\x07/g), ([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  )

describe('copy', () => {
  it('sends the id, JSON, markdown and a curl command that works, and claims nothing', async () => {
    const alert = recentInsight(1, { alert_id: "it's a/b & c", explanation: 'grüße 日本\u009b31m' })
    await put(alert)
    const pty = await watch()
    for (const [keys, words] of [
      ['gy', 'sent the id to'],
      ['Yj', 'sent the JSON to'],
      ['Ym', 'sent the markdown to'],
      ['Yc', 'sent the curl command to'],
    ] as const) {
      pty.press(keys)
      await pty.until(words)
    }
    expect(pty.output).not.toContain('copied')
    const [id, json, markdown, curl] = copied(pty)
    expect(id).toBe(alert.alert_id)
    expect(JSON.parse(json ?? '')).toEqual(await store.get(alert.alert_id))
    expect(markdown).toContain('**critical 85** cust_1: churn_risk\n\ngrüße 日本\\u009b31m')
    const { stdout } = await run('sh', ['-c', curl ?? ''])
    expect(JSON.parse(stdout)).toEqual(await store.get(alert.alert_id))
  })

  it('goes in an envelope through tmux', async () => {
    await put(recentInsight(1))
    const pty = await watch({ TMUX: '/tmp/tmux-0/default,1,0' })
    pty.press('gy')
    await pty.until('sent the id to')
    const data = Buffer.from('a1').toString('base64')
    expect(pty.output).toContain(`\x1bPtmux;\x1b\x1b]52;c;${data}\x07\x1b\\`)
  })
})

/** A program that notes what it was called with, as the desktop's opener. */
function opener() {
  const directory = temporary()
  onTestFinished(() => directory[Symbol.dispose]())
  const file = join(directory.path, 'xdg-open')
  const seen = join(directory.path, 'seen')
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > ${seen}.new; mv ${seen}.new ${seen}\n`)
  chmodSync(file, 0o755)
  const env = { PATH: `${directory.path}:${process.env['PATH']}`, DISPLAY: ':9' }
  return { env, seen, said: () => (existsSync(seen) ? readFileSync(seen, 'utf8') : '') }
}

describe('open', () => {
  const link = 'https://a.example/x?b=$(touch%20pwned);&c=`id`&d=\'"'

  it('hands an http(s) link to the opener as one argument, past every shell', async () => {
    await put(recentInsight(1, { url: link }))
    const { env, said } = opener()
    const pty = await watch(env)
    pty.press('go')
    await pty.until('asked xdg-open to open the link')
    await expect.poll(said).toBe(`1\n${new URL(link).href}\n`)
  })

  it.each(['javascript:alert(1)', 'file:///etc/passwd', '-h', 'ssh://x'])('opens no %s', async (url) => {
    await put(recentInsight(1, { url }), recentInsight(2, { url: link }))
    const { env, seen } = opener()
    const pty = await watch(env)
    pty.press('jo')
    await pty.until('that is no http(s) link, so it stays closed')
    expect(existsSync(seen)).toBe(false)
  })

  it('tells the link where there is no desktop', async () => {
    await put(recentInsight(1, { url: 'https://a.example/x' }))
    const pty = await watch()
    pty.press('go')
    await pty.until('no desktop here; the link is https://a.example/x')
  })
})

describe('take along', () => {
  it('^s saves what the view shows as NDJSON, each time into a file of its own', async () => {
    await put(
      recentInsight(1),
      recentInsight(2, { risk_score: 10 }),
      recentInsight(3, { explanation: '\u009b2J\u202e' }),
    )
    const pty = await watch({}, '--filter', 'severity:critical')
    const home = readlinkSync(`/proc/${pty.pid}/cwd`)
    const files = () => readdirSync(home).filter((name) => name.endsWith('.ndjson'))
    pty.press('\x13')
    await pty.until(/saved 2 alerts to iops-\S+\.ndjson/)
    pty.press('\x13')
    await expect.poll(() => files().length).toBe(2)
    for (const name of files()) {
      const text = readFileSync(join(home, name), 'utf8')
      // oxlint-disable-next-line no-control-regex
      expect(text).toMatch(/^[\x20-\x7e\n]+\n$/)
      const lines = text.trimEnd().split('\n')
      expect(lines.map((line) => (JSON.parse(line) as Insight).alert_id)).toEqual(['a3', 'a1'])
    }
  })

  it('! shows a command that prints the same alerts', async () => {
    await put(...Array.from({ length: 70 }, (_, index) => recentInsight(index, { risk_score: index + 20 })))
    const pty = await watch({}, '--filter', 'risk>=60 -entity:"it\'s $HOME"')
    pty.press('!')
    await pty.until('y copy')
    pty.press('y')
    await pty.until("sent the command to the terminal's clipboard")
    const [command = ''] = copied(pty)
    const { stdout } = await run(
      'sh',
      ['-c', `iops() { "${process.execPath}" "${binary}" "$@"; }; ${command}`],
      {
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C.UTF-8' },
      },
    )
    const ids = (JSON.parse(stdout) as Insight[]).map(({ alert_id }) => alert_id)
    expect(ids).toEqual(Array.from({ length: 30 }, (_, index) => `a${69 - index}`))
  })
})

it('the mouse selects and scrolls once it is on, and not before', async () => {
  await put(...Array.from({ length: 60 }, (_, index) => recentInsight(index)))
  const pty = await watch()
  const click = (row: number) => pty.press(`\x1b[<0;20;${row}M\x1b[<0;20;${row}m`)
  click(8)
  pty.press('m')
  await pty.until((text, { xterm }) => text.includes('mouse on') && xterm.modes.mouseTrackingMode === 'vt200')
  expect(pty.text()).toMatch(/▌.*cust_59 /)
  // Heads stand on the third line: the fifth alert is on the eighth.
  click(8)
  await pty.until(/▌.*cust_55 /)
  pty.press('\x1b[<65;20;8M\x1b[<65;20;8M')
  await pty.until(/▌.*cust_49 /)
  pty.press('\x1b[<64;20;8M')
  await pty.until(/▌.*cust_52 /)
  pty.press('m')
  await pty.until((text, { xterm }) => text.includes('mouse off') && xterm.modes.mouseTrackingMode === 'none')
})

it('lines pasted into a filter are one filter, and fire no key', async () => {
  await put(recentInsight(1), recentInsight(2, { risk_score: 10 }))
  const pty = await watch()
  pty.press('/')
  await pty.until('show only these')
  pty.press('\x1b[200~severity:critical\r\ntype:churn_risk\r\nq\x03\x1b[201~')
  await pty.until('/ severity:critical type:churn_risk q')
  pty.press('\x1b')
  await pty.until('q quit')
})

it('undo after undo, faster than the server answers, takes both back', async () => {
  await put(recentInsight(1))
  const pty = await watch()
  pty.press('ga')
  await pty.until('1 alert acknowledged;')
  pty.press('R')
  await pty.until('1 alert resolved;')
  pty.press('uu')
  await pty.until((text) => / open .*cust_1/.test(text) && text.includes('taken back'))
  await expect.poll(async () => (await store.get('a1'))?.status).toBe('open')
})

/** What an acknowledge or a resolve came to. */
const outcome = (text: string) =>
  /not changed: it is (?:resolved|acknowledged by ann) meanwhile|u takes it back/.exec(text)

it('two people at once: one is told who was first, and an undo does not undo the other', async () => {
  await put(recentInsight(1), recentInsight(2))
  const [ann, bob] = await Promise.all([watch({ USER: 'ann' }), watch({ USER: 'bob' })])
  ann.press('ga')
  bob.press('gR')
  for (const pty of [ann, bob]) await pty.until((text) => outcome(text) !== null)
  const told = [ann, bob].filter((pty) => outcome(pty.text())?.[0].startsWith('not changed'))
  expect(told).toHaveLength(1)
  const status = (await store.get('a2'))?.status === 'resolved' ? 'resolved' : 'ack'
  for (const pty of [ann, bob]) await pty.until(new RegExp(` ${status} .*cust_2 `))

  for (const pty of [ann, bob]) {
    pty.press('j')
    await pty.until(/▌.*cust_1 /)
  }
  ann.press('a')
  await bob.until(/ ack .*cust_1 /)
  bob.press('R')
  await ann.until(/ resolved .*cust_1 /)
  ann.press('u')
  await ann.until((text) => text.includes('not changed: ') && / resolved .*cust_1 /.test(text))
  expect((await store.get('a1'))?.status).toBe('resolved')
})

it('what the server cannot take is taken back, in words', async () => {
  await put(recentInsight(1))
  const pty = await watch()
  await store.append([{ alertId: 'a1', apply: () => undefined }])
  store.append = () => Promise.reject(new Error('the disk is full'))
  pty.press('ga')
  await pty.until((text) => text.includes('not changed: ') && /cust_1 /.test(text) && / open /.test(text))
})

it('^C gives the terminal back while an acknowledge still waits for its answer', async () => {
  await using hanging = await startScriptedServer({
    '/stream': (response) =>
      void openStream(response, `retry: 5000\n\nid: a-1\ndata: ${JSON.stringify(recentInsight(1))}\n\n`),
    '*': () => {},
  })
  const pty = openIops(['watch', '--url', hanging.url])
  onTestFinished(() => pty.close())
  await pty.until(/▌.*cust_1/)
  pty.press('ga')
  await expect.poll(() => hanging.visits('/insights/a1').length).toBe(1)
  pty.press('\x03')
  await pty.until((_, { isAlternate }) => !isAlternate)
  expect(await pty.exit()).toBe(130)
  expect(pty.output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(pty.output.lastIndexOf('\x1b[?25l'))
})
