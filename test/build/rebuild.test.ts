import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { Checkout } from '../helpers/checkout.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const chunks = () => readdirSync(join(checkout.path, 'dist/chunks'))
const without = (names: readonly string[], others: readonly string[]) =>
  names.filter((name) => !others.includes(name))

/** Builds with another hash for each file that holds the connection: what `recent` imports once it has its token. */
async function buildAnew(round: number): Promise<void> {
  checkout.edit('src/client/connection.ts', /authorities( \d+)? can't/, `authorities ${round} can't`)
  await checkout.build()
}

const checkout = new Checkout()
beforeAll(() => buildAnew(0))
afterAll(() => checkout[Symbol.dispose]())

it('neither what runs nor what starts meanwhile misses a file, however often its folder is built', async () => {
  using directory = temporary()
  await using server = await serve(join(directory.path, 'journal'))
  const first = chunks()

  const fifo = join(directory.path, 'token')
  execFileSync('mkfifo', [fifo])
  const recent = spawn(
    process.execPath,
    [checkout.bin, 'recent', '--json', '--url', server.url, '--token-command', `cat '${fifo}'`],
    { env: { PATH: process.env['PATH'], HOME: directory.path } },
  )
  onTestFinished(() => void recent.kill('SIGKILL'))
  const answer = Promise.all([text(recent.stdout), text(recent.stderr), once(recent, 'close')])
  // Opens once the other end is read from: the command runs, and the connection is not yet imported.
  const token = await open(fifo, 'w')
  try {
    await whileBuilding([1, 2], async () => {
      const help = spawn(process.execPath, [checkout.bin, 'recent', '--help'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const [stderr, [code]] = await Promise.all([text(help.stderr), once(help, 'close')])
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    })
    await token.write('secret\n')
  } finally {
    await token.close()
  }
  const [stdout, stderr, [code]] = await answer
  expect({ stdout, stderr, code }).toEqual({ stdout: '[]\n', stderr: '', code: 0 })
  expect(without(first, chunks())).toEqual([])
  expect(without(chunks(), first).length).toBeGreaterThanOrEqual(2)
})

async function whileBuilding(rounds: readonly number[], repeat: () => Promise<void>) {
  const state = { building: true }
  const builds = (async () => {
    for (const round of rounds) await buildAnew(round)
  })().finally(() => {
    state.building = false
  })
  while (state.building) await repeat()
  await builds
}

it('files of an earlier build stay out of the package, and are gone a week after they were replaced', async () => {
  const age = (names: readonly string[]) => {
    const longAgo = new Date(Date.now() - 30 * 86_400_000)
    for (const name of names) utimesSync(join(checkout.path, 'dist/chunks', name), longAgo, longAgo)
  }
  const first = chunks()
  // The week begins when they are replaced, however long ago they were built.
  age(first)
  await buildAnew(3)
  const replaced = readFileSync(join(checkout.path, 'dist/.npmignore'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.slice('/chunks/'.length))
  expect(replaced.length).toBeGreaterThan(0)
  expect(without(replaced, first)).toEqual([])
  const current = without(chunks(), replaced)
  expect(
    packedFiles()
      .filter((path) => path.startsWith('dist/chunks/'))
      .sort(),
  ).toEqual(
    current
      .filter((name) => !name.endsWith('.map'))
      .map((name) => `dist/chunks/${name}`)
      .sort(),
  )

  age(replaced)
  await checkout.build()
  for (const name of replaced) expect(existsSync(join(checkout.path, 'dist/chunks', name))).toBe(false)
  expect(without(current, chunks())).toEqual([])
})

function packedFiles(): string[] {
  const flags = ['--dry-run', '--json', '--ignore-scripts']
  const answer = execFileSync('npm', ['pack', ...flags], { cwd: checkout.path, encoding: 'utf8' })
  const [{ files }] = JSON.parse(answer) as [{ files: { path: string }[] }]
  return files.map((file) => file.path)
}
