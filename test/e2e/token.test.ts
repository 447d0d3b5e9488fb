import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../helpers/free-port.ts'
import { Iops, iops } from '../helpers/iops.ts'
import { runServer, type TestServer } from '../helpers/server.ts'
import { answerJson, startScriptedServer } from '../helpers/scripted-server.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

let server: TestServer
beforeAll(async () => (server = await runServer({ token: 'second' })))
afterAll(() => server[Symbol.asyncDispose]())

/** Prints `first`, then `second`, and leaves a line in `runs` each time. */
const rotating = (folder: string) =>
  `echo x >> '${folder}/runs'; [ "$(wc -l < '${folder}/runs')" -gt 1 ] && echo second || echo first`

describe('a token that has changed', () => {
  test.each([
    ['recent', ['recent', '--json'], ''],
    ['publish', ['publish', '-q'], '{"entity_id":"a","risk_score":1}'],
    ['stats', ['stats', '--json'], ''],
    ['watch', ['watch', '--json', '--count', '1', '--since', '1h'], ''],
  ])('is asked for again by %s', async (_, argv, input) => {
    using folder = temporary()
    await iops(['publish', '-q', '--entity', 'a', '--risk', '1', '--url', server.url], {
      env: { IOPS_TOKEN: 'second' },
    })
    const flags = ['--url', server.url, '--token-command', rotating(folder.path)]
    expect(await iops([...argv, ...flags], { input })).toMatchObject({ code: 0, stderr: '' })
  })

  test('and a second refusal exits 4', async () => {
    const { code, stderr } = await iops(['recent', '--url', server.url, '--token-command', 'echo neither'])
    expect(code).toBe(4)
    expect(stderr).toContain('wants a token, or another one (401)')
    expect(stderr).not.toContain('neither')
  })
})

const withProfile = (home: string, url: string) => {
  mkdirSync(join(home, 'iops'), { recursive: true })
  writeFileSync(
    join(home, 'iops', 'config.toml'),
    `profile = "prod"\n[profiles.prod]\nurl = "${url}"\ntoken_command = "touch '${home}/ran'; echo second"\n`,
  )
  return { XDG_CONFIG_HOME: home }
}

describe('the token of a profile', () => {
  test.each([
    ['--url', (url: string) => ({ flags: ['--url', url], env: {} })],
    ['IOPS_URL', (url: string) => ({ flags: [], env: { IOPS_URL: url } })],
  ])('does not go elsewhere by %s, and its command does not run', async (_, elsewhere) => {
    using home = temporary()
    await using other = await startScriptedServer({
      '*': (response) => answerJson(response, 200, { items: [] }),
    })
    const { flags, env } = elsewhere(other.url)
    const { code, stderr } = await iops(['recent', '--json', ...flags], {
      env: { ...withProfile(home.path, server.url), ...env },
    })
    expect(code).toBe(0)
    expect(stderr).toBe(
      `iops: the token of profile "prod" is for ${server.url} only, and not sent to ${other.url}\n`,
    )
    expect(other.visits('/insights/recent').map(({ headers }) => headers.authorization)).toEqual([undefined])
    const { stdout } = await iops(['config', 'show', '--origin', ...flags], {
      env: { XDG_CONFIG_HOME: home.path, ...env },
    })
    expect(stdout).toMatch(/^token +\(withheld\) +the token of profile "prod" is for/m)
    expect(existsSync(join(home.path, 'ran'))).toBe(false)
  })

  test('goes to the origin of its own url, by whatever path', async () => {
    using home = temporary()
    const env = withProfile(home.path, server.url)
    expect(await iops(['recent', '--json'], { env })).toMatchObject({ code: 0, stderr: '' })
    const flags = ['--url', `${server.url}/insights/stream`]
    expect(await iops(['recent', '--json', ...flags], { env })).toMatchObject({ code: 0, stderr: '' })
  })
})

test('a watch goes on with the new token after the server was restarted with it', async () => {
  using folder = temporary()
  const file = join(folder.path, 'token')
  const port = await freePort()
  const start = (token: string) => {
    writeFileSync(file, `${token}\n`)
    const flags = ['--port', String(port), '--token-file', file]
    return serve(join(folder.path, 'journal'), flags)
  }
  const publish = (id: string) =>
    iops(['publish', '-q', '-e', 'a', '-r', '1', '--id', id, '--token-file', file, '--url', url])
  const url = `http://127.0.0.1:${port}`
  const first = await start('one')
  await publish('before')
  await using watch = new Iops(['watch', '--json', '--url', url, '--token-file', file])
  await watch.until(({ stdout }) => stdout.includes('"before"'))
  await first[Symbol.asyncDispose]()
  await using second = await start('two')
  expect(second.url).toBe(url)
  expect((await publish('after')).code).toBe(0)
  await watch.until(({ stdout }) => stdout.includes('"after"'))
  expect(watch.stderr).not.toMatch(/401|one|two/)
}, 60_000)
