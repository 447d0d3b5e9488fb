import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { startDynoxide } from './dynamo.ts'
import { Pty } from './pty.ts'

/** A way to start iops, other than from the checkout: another Node, a single executable, a chroot. */
export interface Installation {
  readonly command: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  /** A directory that it may create, as it sees it. */
  readonly journal: string
}

/** Runs every command, the dashboard and both stores, and expects what each is for, and no word besides. */
export async function expectEveryCommand(installation: Installation): Promise<void> {
  const run = (...argv: string[]) => runOnce(installation, argv)
  expect(await run('--version')).toMatchObject({
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  })
  await run('--help')
  await run('config', 'show', '--origin')
  for (const shell of ['bash', 'zsh', 'fish'])
    expect((await run('completion', shell)).stdout).toContain('screen-reader')
  expect((await run('demo', '--json', '--count', '3', '--rate', '50')).stdout.match(/\n/g)).toHaveLength(3)

  const journal = await startServe(installation, `file:${installation.journal}`)
  try {
    await expectClientCommands(installation, journal.url)
    await expectDashboard(installation, journal.url)
  } finally {
    await journal.stop()
  }

  const emulator = await startDynoxide()
  try {
    const table = `dynamodb://insights?region=eu-west-1&endpoint=${encodeURIComponent(emulator.endpoint)}`
    expect((await run('store', 'init', table, '--print')).stdout).toContain('AWS::DynamoDB::Table')
    await run('store', 'init', table)
    const dynamo = await startServe(installation, table)
    try {
      await run('publish', '--url', dynamo.url, '--id', 'd1', '--entity', 'cust_1', '--risk', '91')
      expect((await run('recent', '--url', dynamo.url)).stdout).toContain('cust_1')
    } finally {
      await dynamo.stop()
    }
  } finally {
    await emulator.stop()
  }
}

async function expectClientCommands(installation: Installation, url: string): Promise<void> {
  const run = (command: string, ...argv: string[]) => runOnce(installation, [command, '--url', url, ...argv])
  await run('publish', '--id', 'a1', '--entity', 'cust_1', '--risk', '91', '--type', 'churn_risk')
  await run('simulate', '--count', '20', '--rate', '1000', '--seed', '7')
  expect((await run('recent')).stdout).toContain('cust_1')
  expect((await run('get', 'a1')).stdout).toContain('churn_risk')
  expect((await run('stats', '--json')).stdout).toContain('"critical"')
  await run('ack', 'a1', '--by', 'tester')
  await run('resolve', 'a1', '--by', 'tester')
  expect(JSON.parse((await run('get', 'a1', '--json')).stdout)).toMatchObject({ status: 'resolved' })
  expect((await run('watch', '--json', '--count', '2')).stdout.match(/\n/g)).toHaveLength(2)
  // On stderr the line modes say how the link is.
  await run('watch', '--plain', '--count', '2')
  expect((await run('doctor', '--wait', '1s')).stdout).toContain('stream')
}

async function expectDashboard({ command, env }: Installation, url: string): Promise<void> {
  const [file, ...argv] = command
  const pty = new Pty(file, [...argv, 'watch', '--url', url], { columns: 120, env })
  try {
    await pty.until((screen) => screen.includes('● live') && screen.includes('▌'))
    pty.press('q')
    expect(await pty.exit()).toBe(0)
  } finally {
    await pty.close()
  }
}

/** A sentence of Node's own, such as a warning of something experimental or deprecated. */
const wordsOfNode = /\(node:\d+\)|Warning:|--trace-/

async function runOnce({ command: [file, ...first], env }: Installation, argv: readonly string[]) {
  const child = spawn(file, [...first, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  expect({ argv, code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.not.stringMatching(wordsOfNode) as string,
  })
  return { stdout, stderr }
}

async function startServe({ command: [file, ...first], env }: Installation, store: string) {
  const child = spawn(file, [...first, 'serve', '--port', '0', '--store', store], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = { text: '' }
  const url = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      said.text += part
      const address = /listening on (http:\S+)/.exec(said.text)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.once('close', () => reject(new Error(`serve ended: ${said.text}`)))
  })
  try {
    return { url: await url, stop: () => stopServe(child, said) }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

async function stopServe(child: ChildProcess, said: { readonly text: string }): Promise<void> {
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  expect({ code, said: said.text }).toMatchObject({
    code: 0,
    said: expect.not.stringMatching(wordsOfNode) as string,
  })
}
