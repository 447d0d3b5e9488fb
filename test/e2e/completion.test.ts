import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { iops } from '../helpers/iops.ts'

const run = promisify(execFile)

/** What a real bash offers after these words; the last is the one being typed. */
async function offered(script: string, words: readonly string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ')
  const command = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _iops; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await run('bash', ['-c', command], { cwd: '/etc' })
  return stdout.trim().split('\n')
}

test('bash completes commands, flags, their values and files', async () => {
  const { stdout: script, code } = await iops(['completion', 'bash'])
  expect(code).toBe(0)
  expect(await offered(script, ['iops', 'wa'])).toEqual(['watch'])
  expect(await offered(script, ['iops', 'watch', '--fa'])).toEqual(['--fail-on', '--fail-on-silence'])
  expect(await offered(script, ['iops', 'watch', '--color', 'a'])).toEqual(['auto', 'always'])
  expect(await offered(script, ['iops', 'config', 's'])).toEqual(['show'])
  expect(await offered(script, ['iops', 'config', 'show', '--or'])).toEqual(['--origin'])
  expect(await offered(script, ['iops', 'completion', 'f'])).toEqual(['fish'])
  expect(await offered(script, ['iops', 'publish', 'hostn'])).toEqual(['hostname'])
  expect(await offered(script, ['iops', 'recent', '--ca', 'hostn'])).toEqual(['hostname'])
})

test.each(['zsh', 'fish'])('%s gets every command and its flags', async (shell) => {
  const { stdout, code } = await iops(['completion', shell])
  expect(code).toBe(0)
  for (const word of ['watch', 'publish', 'fail-on', 'token-file', 'origin']) expect(stdout).toContain(word)
})

test('another shell is a usage error', async () => {
  expect((await iops(['completion', 'tcsh'])).code).toBe(2)
})
