import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTokenSource, fixedToken, type TokenOrigin } from '../../src/client/token.ts'

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'iops-token-'))))
afterAll(() => rm(folder, { recursive: true }))
const env = { PATH: process.env.PATH }
const read = (origin: TokenOrigin) => createTokenSource(origin).current()

test('there may be none', async () => {
  expect(await read({ env })).toBeUndefined()
  expect(await read({ env: { IOPS_TOKEN: ' ' } })).toBeUndefined()
  expect(await fixedToken('').current()).toBeUndefined()
})

test('from the environment, a file or a command, of which the more explicit wins', async () => {
  const file = join(folder, 'token')
  await writeFile(file, 'from-file\r\nand a note\n')
  const IOPS_TOKEN = 'from-env'
  expect(await read({ env: { IOPS_TOKEN } })).toBe('from-env')
  expect(await read({ env: { IOPS_TOKEN }, file })).toBe('from-file')
  expect(await read({ env: { ...env, IOPS_TOKEN }, command: 'echo from-$((1+1))' })).toBe('from-2')
  await expect(read({ env, file, command: 'echo x' })).rejects.toMatchObject({ reason: 'usage' })
})

test('a source without a token is told, and what it printed is not', async () => {
  const empty = join(folder, 'empty')
  await writeFile(empty, '\n')
  await expect(read({ env, file: empty })).rejects.toThrow('gave no token')
  await expect(read({ env, file: join(folder, 'absent') })).rejects.toThrow("can't be read (ENOENT)")
  const failing = read({ env, command: 'echo secret; echo secret >&2; exit 3' })
  await expect(failing).rejects.toThrow('the token command failed (3)')
  const error: unknown = await read({ env, command: 'echo secret; exit 3' }).catch((error: unknown) => error)
  expect(JSON.stringify(error) + String(error) + String((error as Error).stack)).not.toContain('secret')
})

test.each([{ env: { IOPS_TOKEN: 'se cret' } }, { env, command: 'echo "se cret"' }])(
  'a token with a space is refused and not repeated: %j',
  async (origin) => {
    await expect(read(origin)).rejects.toMatchObject({
      reason: 'usage',
      message: expect.not.stringContaining('cret'),
    })
  },
)

/** A command that counts its runs in a file, and prints `token-1`, `token-2`, … */
const counting = (name: string) => {
  const runs = join(folder, name)
  return {
    command: `sleep 0.1; echo run >> '${runs}'; echo "token-$(wc -l < '${runs}' | tr -d ' ')"`,
    runs: async () => (await readFile(runs, 'utf8')).trim().split('\n').length,
  }
}

describe('renewal', () => {
  test('a command runs once, and once more for all that were refused with the same token', async () => {
    const { command, runs } = counting('shared')
    const source = createTokenSource({ env, command })
    expect(await Promise.all([source.current(), source.current()])).toEqual(['token-1', 'token-1'])
    expect(await runs()).toBe(1)
    const refused = Array.from({ length: 5 }, () => source.renew('token-1'))
    expect(await Promise.all(refused)).toEqual(Array.from({ length: 5 }, () => 'token-2'))
    expect(await source.renew('token-1')).toBe('token-2')
    expect(await source.current()).toBe('token-2')
    expect(await runs()).toBe(2)
  })

  test('a file is read again', async () => {
    const file = join(folder, 'rotated')
    await writeFile(file, 'old\n')
    const source = createTokenSource({ env, file })
    expect(await source.current()).toBe('old')
    await writeFile(file, 'new\n')
    expect(await source.current()).toBe('old')
    expect(await source.renew('old')).toBe('new')
  })

  test('a command that failed is run again by the next caller', async () => {
    const flag = join(folder, 'flag')
    const source = createTokenSource({ env, command: `cat '${flag}'` })
    await expect(source.current()).rejects.toThrow('the token command failed')
    await writeFile(flag, 'here')
    expect(await source.current()).toBe('here')
  })

  test('IOPS_TOKEN and a fixed token give nothing else', async () => {
    expect(await createTokenSource({ env: { IOPS_TOKEN: 'a' } }).renew('a')).toBeUndefined()
    expect(await fixedToken('a').renew('a')).toBeUndefined()
  })
})
