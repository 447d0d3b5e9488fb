import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { Checkout } from '../helpers/checkout.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const chunks = (checkout: Checkout) => readdirSync(join(checkout.path, 'dist/chunks'))
const without = (names: readonly string[], others: readonly string[]) =>
  names.filter((name) => !others.includes(name))

/** Builds with another hash for each file that holds the connection: what `recent` imports once it has its token. */
async function buildAnew(checkout: Checkout, round: number): Promise<void> {
  checkout.edit('src/client/connection.ts', /authorities( \d+)? can't/, `authorities ${round} can't`)
  await checkout.build()
}

it('a process imports its own files on demand, however often its folder was built again', async () => {
  using checkout = new Checkout()
  using directory = temporary()
  await using server = await serve(join(directory.path, 'journal'))
  await buildAnew(checkout, 0)
  const first = chunks(checkout)

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
    for (const round of [1, 2, 3]) await buildAnew(checkout, round)
    await token.write('secret\n')
  } finally {
    await token.close()
  }
  const [stdout, stderr, [code]] = await answer
  expect({ stdout, stderr, code }).toEqual({ stdout: '[]\n', stderr: '', code: 0 })
  expect(without(first, chunks(checkout))).toEqual([])
  expect(without(chunks(checkout), first).length).toBeGreaterThanOrEqual(3)
})

it('a folder that is built over and over always holds a program that runs', async () => {
  using checkout = new Checkout()
  await buildAnew(checkout, 0)
  const state = { building: true }
  const builds = (async () => {
    for (const round of [1, 2, 3, 4]) await buildAnew(checkout, round)
  })().finally(() => {
    state.building = false
  })
  while (state.building) {
    const child = spawn(process.execPath, [checkout.bin, 'recent', '--help'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
  }
  await builds
})

it('files of an earlier build stay out of the package, and are gone a week after they were replaced', async () => {
  using checkout = new Checkout()
  const age = (names: readonly string[]) => {
    const longAgo = new Date(Date.now() - 30 * 86_400_000)
    for (const name of names) utimesSync(join(checkout.path, 'dist/chunks', name), longAgo, longAgo)
  }
  await buildAnew(checkout, 0)
  const first = chunks(checkout)
  // The week begins when they are replaced, however long ago they were built.
  age(first)
  await buildAnew(checkout, 1)
  const replaced = readFileSync(join(checkout.path, 'dist/.npmignore'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.slice('/chunks/'.length))
  expect(replaced.length).toBeGreaterThan(0)
  expect(without(replaced, first)).toEqual([])
  const current = without(chunks(checkout), replaced)
  expect(
    packedFiles(checkout)
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
  expect(without(current, chunks(checkout))).toEqual([])
})

function packedFiles({ path }: Checkout): string[] {
  const flags = ['--dry-run', '--json', '--ignore-scripts']
  const answer = execFileSync('npm', ['pack', ...flags], { cwd: path, encoding: 'utf8' })
  const [{ files }] = JSON.parse(answer) as [{ files: { path: string }[] }]
  return files.map((file) => file.path)
}
