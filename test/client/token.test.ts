import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readToken } from '../../src/client/token.ts'

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'iops-token-'))))
afterAll(() => rm(folder, { recursive: true }))
const env = { PATH: process.env.PATH }

test('there may be none', async () => {
  expect(await readToken({ env })).toBeUndefined()
  expect(await readToken({ env: { IOPS_TOKEN: ' ' } })).toBeUndefined()
})

test('from the environment, a file or a command, of which the more explicit wins', async () => {
  const file = join(folder, 'token')
  await writeFile(file, 'from-file\r\nand a note\n')
  const IOPS_TOKEN = 'from-env'
  expect(await readToken({ env: { IOPS_TOKEN } })).toBe('from-env')
  expect(await readToken({ env: { IOPS_TOKEN }, file })).toBe('from-file')
  expect(await readToken({ env: { ...env, IOPS_TOKEN }, command: 'echo from-$((1+1))' })).toBe('from-2')
  await expect(readToken({ env, file, command: 'echo x' })).rejects.toMatchObject({ reason: 'usage' })
})

test('a source without a token is told, and what it printed is not', async () => {
  const empty = join(folder, 'empty')
  await writeFile(empty, '\n')
  await expect(readToken({ env, file: empty })).rejects.toThrow('gave no token')
  await expect(readToken({ env, file: join(folder, 'absent') })).rejects.toThrow("can't be read (ENOENT)")
  const failing = readToken({ env, command: 'echo secret; echo secret >&2; exit 3' })
  await expect(failing).rejects.toThrow('the token command failed (3)')
  const error: unknown = await readToken({ env, command: 'echo secret; exit 3' }).catch(
    (error: unknown) => error,
  )
  expect(JSON.stringify(error) + String(error) + String((error as Error).stack)).not.toContain('secret')
})
