import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { hostileStrings } from '../helpers/hostile.ts'
import { insight } from '../helpers/insights.ts'
import { openIops, Pty, iopsBin } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

type Server = Awaited<ReturnType<typeof runServer>>

const publish = async (server: Server, ...insights: Insight[]): Promise<void> => {
  const response = await fetch(`${server.url}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(insights),
  })
  expect(response.status).toBe(201)
}

/** Alerts of an hour ago and older, so that no age changes while a test looks. */
const past = (index: number): Insight =>
  insight({
    alert_id: `a${index}`,
    entity_id: `cust_${String((index * 7919) % 100_000).padStart(6, '0')}`,
    prediction_type: ['churn_risk', 'session_quality', 'tutor_capacity'][index % 3] ?? '',
    risk_score: (index * 37) % 100,
    timestamp: new Date(Date.now() - (200 - index) * 3_600_000).toISOString(),
    explanation: `${(index * 31) % 100} % probability, seen by model ${index}`,
  })

async function watch(argv: string[] = [], options: ConstructorParameters<typeof Pty>[2] = {}) {
  const server = await runServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  await publish(server, ...Array.from({ length: 60 }, (_, index) => past(index)))
  const pty = openIops(['watch', '--url', server.url, ...argv], options)
  onTestFinished(() => pty.close())
  return { server, pty }
}

/** What a terminal is left with: the primary screen, and none of the modes. */
function expectRestored(pty: Pty): void {
  const { modes } = pty.xterm
  expect(pty.isAlternate).toBe(false)
  expect(modes.bracketedPasteMode).toBe(false)
  expect(modes.mouseTrackingMode).toBe('none')
  expect(modes.sendFocusMode).toBe(false)
  expect(modes.wraparoundMode).toBe(true)
  expect(modes.synchronizedOutputMode).toBe(false)
  // The cursor's mode is not to be read from the emulator: the last word about it counts.
  expect(pty.output.lastIndexOf('\x1b[?25h')).toBeGreaterThan(pty.output.lastIndexOf('\x1b[?25l'))
}

it.each([
  ['q', (pty: Pty): void => pty.press('q'), 0],
  ['Ctrl-C', (pty: Pty): void => pty.press('\x03'), 130],
  ['SIGTERM', (pty: Pty): void => void process.kill(pty.pid, 'SIGTERM'), 143],
  ['SIGHUP', (pty: Pty): void => void process.kill(pty.pid, 'SIGHUP'), 129],
  ['SIGINT', (pty: Pty): void => void process.kill(pty.pid, 'SIGINT'), 130],
] as const)('after %s the terminal is as it was', async (_name, end, code) => {
  const { pty } = await watch()
  await pty.until('cust_067221')
  expect(pty.isAlternate).toBe(true)
  pty.press('m')
  await pty.until((_, { xterm }) => xterm.modes.mouseTrackingMode === 'vt200')
  end(pty)
  expect(await pty.exit()).toBe(code)
  expectRestored(pty)
})

it('gives the terminal back at Ctrl-C while the server hangs', async () => {
  const hanging = createServer(() => {}).listen(0, '127.0.0.1')
  await once(hanging, 'listening')
  onTestFinished(() => void hanging.close())
  const { port } = hanging.address() as AddressInfo
  const pty = openIops(['watch', '--url', `http://127.0.0.1:${port}`])
  onTestFinished(() => pty.close())
  await pty.until('connecting')
  pty.press('\x03')
  expect(await pty.exit()).toBe(130)
  expectRestored(pty)
})

it('gives the terminal back before an error that nobody caught is printed', async () => {
  const screen = new URL('../../src/ui/screen/screen.ts', import.meta.url).href
  const program = `import { Screen } from '${screen}'
    const screen = new Screen(process.stdout, { input: process.stdin })
    screen.enter()
    screen.setMode('mouse', true)
    screen.draw(['drawn'])
    setTimeout(() => { throw new Error('the-fault') }, 100)`
  const pty = new Pty(process.execPath, ['--input-type=module', '-e', program])
  onTestFinished(() => pty.close())
  expect(await pty.exit()).not.toBe(0)
  expectRestored(pty)
  expect(pty.text()).toContain('the-fault')
  expect(pty.text()).not.toContain('drawn')
})

it('stops at Ctrl-Z, and draws everything anew at fg', async () => {
  const server = await runServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  await publish(server, ...Array.from({ length: 60 }, (_, index) => past(index)))
  const pty = new Pty('bash', ['--norc', '--noediting', '-i'], { env: { PS1: 'ready> ' } })
  onTestFinished(() => pty.close())
  await pty.until('ready>')
  pty.press(`${process.execPath} ${iopsBin} watch --url ${server.url}\r`)
  await pty.until('cust_067221')
  pty.press('\x1a')
  await pty.until((text, { isAlternate }) => !isAlternate && /Stopped/.test(text))
  expectRestored(pty)
  pty.press('fg\r')
  await pty.until(
    (text, { isAlternate }) => isAlternate && text.includes('cust_067221') && text.includes('live'),
  )
  pty.press('q')
  await pty.until((text, { isAlternate }) => !isAlternate && `${text} `.endsWith('ready> '))
  expectRestored(pty)
})

it('draws itself anew in a window of another size', async () => {
  const { pty } = await watch()
  await pty.until('cust_067221')
  pty.resize(140, 40)
  await pty.until((text) => text.split('\n').length === 40 && text.includes('STATUS'))
  pty.press('\r')
  await pty.until((text) => text.split('\n').length === 40 && text.includes('what to do'))
  pty.resize(40, 10)
  await pty.until((text) => text.split('\n').length === 10 && /67221/.test(text))
  pty.press('q')
  expect(await pty.exit()).toBe(0)
})

it('the url of the detail is a link, if it is one for a browser; nothing in the list is', async () => {
  const server = await runServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const [first, second] = ['https://runbooks.example/a?b=1;c', 'https://runbooks.example/b']
  await publish(server, { ...past(1), url: first }, { ...past(2), url: second })
  const pty = openIops(['watch', '--url', server.url], { columns: 60 })
  onTestFinished(() => pty.close())
  await pty.until(/▌.*cust_015838/)
  // oxlint-disable-next-line no-control-regex
  const links = () => pty.output.match(/\x1b\]8;;[^\x1b]+\x1b\\/g) ?? []
  expect(links()).toEqual([])
  pty.press('j\r')
  await pty.until('url        https://runbooks.example/a?b=1;c')
  expect(links()).toEqual(['\x1b]8;;https://runbooks.example/a?b=1;c\x1b\\'])
})

it('where the terminal says that it is 0×0 it is taken for 80×24', async () => {
  const server = await runServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  await publish(server, past(0))
  const argv = [process.execPath, iopsBin, 'watch', '--url', server.url]
  const pty = new Pty('/bin/sh', ['-c', 'stty cols 0 rows 0; exec "$@"', 'sh', ...argv])
  onTestFinished(() => pty.close())
  await pty.until((text) => text.split('\n').length === 24 && text.includes('cust_000000'))
})

it('shows hostile strings and lets none of them act', async () => {
  const { server, pty } = await watch()
  await pty.until('cust_067221')
  const hostile = hostileStrings.map((text, index) =>
    insight({
      alert_id: `h${index}`,
      // oxlint-disable-next-line no-control-regex
      entity_id: text.replace(/[\x00-\x1f\x7f-\x9f\ud800-\udfff]/g, '?').slice(0, 200) || 'x',
      explanation: text.toWellFormed().slice(0, 7000 / 3),
      recommendations: [text.toWellFormed().slice(0, 600)],
      timestamp: new Date().toISOString(),
    }),
  )
  for (const one of hostile)
    await fetch(`${server.url}/insights`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(one),
    })
  await publish(
    server,
    insight({ alert_id: 'last', entity_id: 'the-last-one', timestamp: new Date().toISOString() }),
  )
  await pty.until('the-last-one')
  const lines = pty.lines()
  expect(lines[0]).toMatch(/^ iops {2}● live/)
  expect(lines[2]).toContain('ENTITY')
  expect(lines[23]).toContain('q quit')
  // Not one sequence came through but those that the screen itself writes.
  // oxlint-disable-next-line no-control-regex
  const own = /\x1b\[[\d;?]*[A-Za-z$]p?|\x1b\]8;;\x1b\\|[\r\n\b\x18]/g
  // oxlint-disable-next-line no-control-regex
  expect(pty.output.replace(own, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
  expect(pty.isAlternate).toBe(true)
  pty.press('q')
  expect(await pty.exit()).toBe(0)
})

it.each(['--plain', '--json'])('%s writes hostile strings without one acting character', async (flag) => {
  const server = await runServer()
  onTestFinished(() => server[Symbol.asyncDispose]())
  const text = '\x1b[2J\x1b]52;c;cHdu\x07\x9b31m\u202eevil\u2069\x7f'
  await publish(server, insight({ alert_id: 'bad', explanation: text, recommendations: [text] }))
  const pty = openIops(['watch', '--url', server.url, flag, '--count', '1'])
  onTestFinished(() => pty.close())
  expect(await pty.exit()).toBe(0)
  expect(pty.output).toContain('evil')
  // oxlint-disable-next-line no-control-regex
  expect(pty.output.replaceAll('\r\n', '\n')).not.toMatch(
    // oxlint-disable-next-line no-control-regex
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/,
  )
})
