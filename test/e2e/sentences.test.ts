import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { binary, Iops, iops } from '../helpers/iops.ts'
import { startOldServer } from '../helpers/old-server.ts'
import { Pty } from '../helpers/pty.ts'
import { insight } from '../helpers/insights.ts'
import { startScriptedServer } from '../helpers/scripted-server.ts'
import { publishOne, runServer } from '../helpers/server.ts'
import { temporary } from '../helpers/temporary.ts'

const run = promisify(execFile)
const hostile = 'a\u001b[31mb\u009b2Jc\u202ed\u0007e\ttab\u2028f'

let server: Awaited<ReturnType<typeof runServer>>
let env: Record<string, string>

beforeAll(async () => {
  server = await runServer()
  env = { IOPS_URL: server.url }
  await publish({ alert_id: 'first', risk_score: 91 })
  await publish({
    alert_id: 'hostile',
    entity_id: 'h',
    explanation: hostile,
    prediction_type: 'x\u001b]0;t\u0007',
  })
})
afterAll(() => server[Symbol.asyncDispose]())

const publish = (content: Record<string, unknown>) =>
  iops(['publish', '--quiet'], { env, input: JSON.stringify({ entity_id: 'e', risk_score: 50, ...content }) })

/** New versions of one alert, one after the other, until the promise settles. */
async function whileTicking<T>(url: string, promise: Promise<T>): Promise<T> {
  const over = new AbortController()
  const result = promise.finally(() => over.abort())
  for (let tick = 0; !over.signal.aborted; tick++) {
    await publishOne({ url }, { alert_id: 'tick', explanation: String(tick) })
    await Promise.race([result.catch(() => {}), sleep(50)])
  }
  return result
}

// oxlint-disable-next-line no-control-regex
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

describe('streams', () => {
  test('without a terminal there is one line per event and not one ESC byte', async () => {
    const { stdout } = await iops(['watch', '--count', '2'], { env: { ...env, FORCE_COLOR: '1' } })
    expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    expect(stdout).not.toMatch(steering)
  })

  test.each([
    ['TERM=dumb', 'dumb', []],
    ['--plain', 'xterm', ['--plain', '--color=always']],
  ])('on a terminal neither with %s', async (_, term, flags) => {
    const argv = [`TERM=${term}`, process.execPath, binary, 'watch', ...flags, '--timeout', '500ms']
    const pty = new Pty('/usr/bin/env', argv, { env })
    expect(await pty.exit()).toBe(124)
    expect(pty.output).toContain('first')
    expect(pty.output).not.toContain('\u001b')
    await pty.close()
  })

  test('data goes to stdout only, words and the state of the connection to stderr only', async () => {
    await using own = await startScriptedServer({
      '/stream': (response) => void response.writeHead(503).end('{"error":"busy"}'),
    })
    await using child = new Iops(['watch', '--json', '--url', own.url])
    await child.until(({ stderr }) => /link down.*retry in \d+ s/.test(stderr))
    expect(child.stdout).toBe('')
  })

  test('watch --json flushes each event', async () => {
    await using child = new Iops(['watch', '--json'], { env })
    await child.until(({ stdout }) => stdout.includes('first'))
    await publish({ alert_id: 'flushed', risk_score: 1 })
    await child.until(({ stdout }) => /"flushed".*\}\n$/.test(stdout))
  })

  test('--json never depends on width, terminal, locale or colour', async () => {
    const plain = await iops(['recent', '--json'], { env })
    const strange = await iops(['recent', '--json', '--color=always', '--ascii'], {
      env: { ...env, LANG: 'C', COLUMNS: '20', FORCE_COLOR: '3', TERM: 'dumb' },
    })
    expect(strange).toEqual(plain)
  })

  test.each(['recent', 'recent --ndjson', 'watch --json', 'watch', 'publish --help', 'demo --json'])(
    'iops %s | head -1 ends quietly',
    async (line) => {
      const command = `set -o pipefail; "${process.execPath}" "${binary}" ${line} | head -1; echo "code $?"`
      const ended = run('bash', ['-c', command], {
        env: { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C.UTF-8', ...env },
      })
      // A program learns that nobody reads its pipe when it writes to it: the feed has to go on.
      const { stdout, stderr } = await whileTicking(server.url, ended)
      expect(stderr).toBe('')
      expect(stdout.split('\n')[1]).toBe('code 0')
    },
  )

  test.each([
    ['NO_COLOR', { NO_COLOR: '1' }, [], false],
    ['FORCE_COLOR over NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, [], true],
    ['--color=always over NO_COLOR', { NO_COLOR: '1' }, ['--color=always'], true],
    ['an empty NO_COLOR', { NO_COLOR: '', FORCE_COLOR: '1' }, [], true],
    ['no terminal', {}, [], false],
  ])('colour: %s', async (_, variables, flags, colored) => {
    const { stdout } = await iops(['recent', ...flags], { env: { ...env, ...variables } })
    expect(stdout.includes('\u001b[')).toBe(colored)
  })

  test('severity can be read without colour', async () => {
    expect((await iops(['recent'], { env })).stdout).toMatch(/ 91 {2}‼ crit /)
  })

  test.each([
    ['a locale that is not UTF-8', { LANG: 'C' }, []],
    ['--ascii', {}, ['--ascii']],
  ])('ASCII with %s', async (_, variables, flags) => {
    const { stdout } = await iops(['recent', ...flags], { env: { ...env, ...variables } })
    expect(stdout).toContain('!! crit')
    // oxlint-disable-next-line no-control-regex
    expect(stdout).toMatch(/^[\x0a\x20-\x7e]*$/)
  })
})

describe('exits', () => {
  test.each([
    ['0 fine', ['recent'], 0],
    ['1 failed', ['get', 'not-there'], 1],
    ['2 usage', ['recent', '--limit', 'x'], 2],
    ['0 --until', ['watch', '--since', '1h', '--until', 'id:first'], 0],
    ['3 --fail-on', ['watch', '--since', '1h', '--fail-on', 'severity:critical'], 3],
    ['5 unreachable', ['recent', '--url', 'http://127.0.0.1:9999'], 5],
    ['5 unreachable, watching', ['watch', '--max-attempts', '1', '--url', 'http://127.0.0.1:9999'], 5],
    ['124 --timeout', ['watch', '--timeout', '200ms', '--limit', '0'], 124],
  ])('%s', async (_, argv, code) => {
    const ended = await iops(argv, { env })
    expect(ended.code).toBe(code)
    if (code !== 0) expect(ended.stderr).toMatch(/^iops: /m)
    expect(ended.stderr).not.toMatch(/^ {4}at /m)
  })

  test.each([['watch', '--json'], ['recent']])('exits 4 when it is not allowed: %s', async (...argv) => {
    await using closed = await runServer({ token: 'right' })
    const ended = await iops(argv, { env: { IOPS_URL: closed.url, IOPS_TOKEN: 'wrong-token' } })
    expect(ended.code).toBe(4)
    expect(ended.stderr).not.toContain('wrong-token')
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('9 by %s it is %i', async (signal, code) => {
    await using child = new Iops(['watch', '--json'], { env })
    await child.until(({ stdout }) => stdout.includes('first'))
    child.kill(signal)
    expect(await child.ended).toMatchObject({ code, stderr: '' })
  })

  test('Ctrl-C ends a command that waits for a server that hangs', async () => {
    const asked = Promise.withResolvers<void>()
    await using own = await startScriptedServer({ '*': () => asked.resolve() })
    await using child = new Iops(['recent', '--url', own.url])
    await asked.promise
    child.kill('SIGINT')
    expect(await child.ended).toMatchObject({ code: 130, stderr: '' })
  })
})

describe('the demo', () => {
  test('ends at q, and leaves no folder and no process', async () => {
    using directory = temporary()
    const tmp = directory.path
    const pty = new Pty(process.execPath, [binary, 'demo'], { env: { TMPDIR: tmp } })
    await pty.until(() => pty.text().includes('q quit'))
    pty.press('q')
    expect(await pty.exit()).toBe(0)
    await pty.close()
    expect(await readdir(tmp)).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves nothing behind at %s without a terminal',
    async (signal) => {
      using directory = temporary()
      const tmp = directory.path
      await using child = new Iops(['demo'], { env: { TMPDIR: tmp } })
      await child.until(({ stdout }) => stdout.split('\n').length > 11)
      child.kill(signal)
      expect(await child.ended).toMatchObject({ stderr: '' })
      expect(await readdir(tmp)).toEqual([])
    },
  )
})

const configured = async (text: string) => {
  const directory = temporary()
  onTestFinished(() => directory[Symbol.dispose]())
  const home = directory.path
  await mkdir(join(home, 'iops'))
  await writeFile(join(home, 'iops', 'config.toml'), text)
  return { XDG_CONFIG_HOME: home }
}
const winner = async (argv: string[], variables: Record<string, string>) => {
  const { stdout } = await iops(['config', 'show', '--json', ...argv], { env: variables })
  return (JSON.parse(stdout) as Record<string, { value: string; origin: string }>).url
}

describe('flags', () => {
  const profiles =
    '[profiles.default]\nurl = "http://profile"\nby = "p"\n[profiles.prod]\nurl = "http://prod"\n'
  test('flags win over IOPS_*, these over the profile, that over the default', async () => {
    const file = await configured(profiles)
    const all = { ...file, IOPS_URL: 'http://env' }
    expect(await winner(['--url', 'http://flag'], all)).toMatchObject({
      value: 'http://flag',
      origin: '--url',
    })
    expect(await winner([], all)).toMatchObject({ value: 'http://env', origin: 'IOPS_URL' })
    expect(await winner([], file)).toMatchObject({ value: 'http://profile' })
    expect((await winner(['--profile', 'prod'], file))?.origin).toMatch(/^profile prod in .*config\.toml$/)
    expect(await winner([], { ...file, IOPS_PROFILE: 'prod' })).toMatchObject({ value: 'http://prod' })
    expect(await winner([], {})).toMatchObject({ value: 'http://127.0.0.1:4677', origin: 'default' })
  })

  test.each([
    ['TOML that is none', 'a = 1\nurl = http://x\n', /config\.toml:2:\d+: /],
    [
      'a setting that does not exist',
      '[profiles.default]\nulr = "x"\n',
      /has a setting "ulr" that does not exist/,
    ],
    ['a token', '[profiles.default]\ntoken = "s3cret"\n', /holds a token itself/],
    ['another type', '[profiles.default]\nurl = 4\n', /url must be a string/],
    ['no such profile', 'profile = "x"\n', /there is no profile "x"/],
  ])('a config file with %s is a usage error with words', async (_, text, words) => {
    const { code, stderr } = await iops(['recent'], { env: await configured(text) })
    expect(code).toBe(2)
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('s3cret')
  })

  test('a token comes from the environment, a file or a command, never from a flag', async () => {
    await using closed = await runServer({ token: 't0ken' })
    using directory = temporary()
    const file = join(directory.path, 'token')
    await writeFile(file, 't0ken\n')
    const base = { IOPS_URL: closed.url }
    const codes = await Promise.all([
      iops(['recent'], { env: { ...base, IOPS_TOKEN: 't0ken' } }),
      iops(['recent', '--token-file', file], { env: { ...base, IOPS_TOKEN: 'wrong' } }),
      iops(['recent', '--token-command', 'echo t0ken'], { env: base }),
      iops(['recent', '--token', 't0ken'], { env: base }),
    ])
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0, 2])
    expect(codes[3]?.stderr).not.toContain('t0ken')
    const { stdout } = await iops(['config', 'show', '--origin'], { env: { IOPS_TOKEN: 't0ken' } })
    expect(stdout).toMatch(/^token +\(hidden\) +IOPS_TOKEN$/m)
  })

  test.each([
    [['wacth'], 'Did you mean watch?'],
    [['recent', '--limt', '3'], 'Did you mean --limit?'],
    [['config', 'shwo'], 'Did you mean show?'],
  ])('%j suggests the near one', async (argv, words) => {
    const { code, stderr } = await iops(argv, { env })
    expect(code).toBe(2)
    expect(stderr).toContain(words)
  })

  test.each([
    [],
    ['watch'],
    ['recent'],
    ['get'],
    ['stats'],
    ['publish'],
    ['ack'],
    ['resolve'],
    ['simulate'],
    ['serve'],
    ['demo'],
  ])('the help of %s leads with examples', async (...command) => {
    const { code, stdout, stderr } = await iops([...command, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Examples:\n {2}iops /)
  })
})

describe('network', () => {
  test('watch --max-attempts bounds what never ends by default', async () => {
    const { code, stderr } = await iops(['watch', '--max-attempts', '1', '--url', 'http://127.0.0.1:9999'])
    expect(code).toBe(5)
    expect(stderr).toContain('ECONNREFUSED')
  })

  test.each([
    ['watch', '--count', '2'],
    ['watch', '--json', '--count', '2'],
    ['recent'],
    ['recent', '--json'],
    ['get', 'hostile'],
    ['get', 'hostile', '--json'],
    ['stats'],
    ['stats', '--json'],
  ])('no text from the network can steer the terminal: %s', async (...argv) => {
    const { stdout, stderr, code } = await iops(argv, { env })
    expect(code).toBe(0)
    expect(stdout + stderr).not.toMatch(steering)
  })

  test('nor can the words of a server, in an error', async () => {
    await using own = await startScriptedServer({
      '*': (response) => {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: hostile }))
      },
    })
    const { stderr } = await iops(['recent', '--url', own.url])
    expect(stderr).not.toMatch(steering)
  })

  test('a URL that answers HTML is one sentence', async () => {
    await using own = await startScriptedServer({
      '*': (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    })
    for (const argv of [['recent'], ['watch', '--json']]) {
      const { code, stderr, stdout } = await iops([...argv, '--url', own.url])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain('HTML')
    }
  })
})

describe('the old server', () => {
  test('watch shows each alert once, across responses that end', async () => {
    await using old = await startOldServer({ retry: 50 })
    old.publish(insight({ alert_id: 'o1' }), insight({ alert_id: 'o2' }))
    await using child = new Iops(['watch', '--json', '--url', `${old.url}/stream`])
    await child.until(({ stdout }) => stdout.split('\n').length > 2)
    old.publish(insight({ alert_id: 'o3' }))
    await child.until(({ stdout }) => stdout.includes('o3'))
    const ids = child.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { alert_id: string }).alert_id)
    expect(ids.toSorted()).toEqual(['o1', 'o2', 'o3'])
  })

  test('recent lists, filters and dates what it sends', async () => {
    await using old = await startOldServer()
    old.publish(insight({ alert_id: 'o1' }), insight({ alert_id: 'o2', risk_score: 10 }))
    const { stdout, code } = await iops(['recent', '--json', '-f', 'risk>=80', '--url', old.url])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ alert_id: 'o1', timestamp: '2026-11-23T14:22:07.120Z' }])
  })
})
