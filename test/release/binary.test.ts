import { execFile, execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Chroot, mayChroot } from '../helpers/chroot.ts'
import { credentials } from '../helpers/dynamo.ts'
import { expectEveryCommand } from '../helpers/every-command.ts'
import { existingPath, requireProgram } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const megabyte = 1_000_000
const directory = temporary()
const binary = join(directory.path, 'iops')

const build = (platform: string, out: string) =>
  promisify(execFile)(
    'npm',
    ['run', '--silent', 'build:binary', '--', '--platform', platform, '--out', out],
    {
      cwd: root,
    },
  )

beforeAll(() => build('linux-x64', binary))
afterAll(() => directory[Symbol.dispose]())

it('is one file, and little more than the stripped Node in it', () => {
  expect(readdirSync(directory.path)).toEqual(['iops'])
  expect(statSync(binary).size).toBeLessThan(128 * megabyte)
})

it.skipIf(!mayChroot)(
  'runs every command where there is nothing but the libraries it is linked with',
  async () => {
    using chroot = new Chroot(binary)
    await expectEveryCommand({
      command: ['/usr/sbin/chroot', chroot.path, '/iops'],
      env: { HOME: '/', LANG: 'C.UTF-8', ...credentials },
      journal: '/journal',
    })
    expect(existsSync(join(chroot.path, 'journal'))).toBe(true)
  },
)

it('takes its flags itself, and runs from a folder that is gone', () => {
  // Node would take these for its own.
  expect(ended('./iops --eval 1')).toMatch(/unknown option '--eval'[\s\S]*code 2/)
  expect(ended('mkdir gone && cd gone && rmdir ../gone && ../iops --version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(ended('PATH="$PWD" iops --version')).toMatch(/^\d+\.\d+\.\d+\n$/)
})

it('is built for arm64, too', async () => {
  const arm64 = join(directory.path, 'arm64')
  await build('linux-arm64', arm64)
  expect(machine(arm64)).toBe(aarch64)
  expect(machine(binary)).toBe(x86_64)
  expect(statSync(arm64).size).toBeLessThan(128 * megabyte)
  const qemu = requireProgram(existingPath('/usr/bin/qemu-aarch64-static'), 'qemu-aarch64-static')
  if (qemu === undefined) return
  const run = (...argv: string[]) =>
    execFileSync(qemu, ['-L', '/usr/aarch64-linux-gnu', arm64, ...argv], { encoding: 'utf8' })
  expect(run('--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  // A server on its journal, publish and watch, in one process.
  expect(run('demo', '--json', '--count', '3', '--rate', '50').match(/\n/g)).toHaveLength(3)
})

/** What a shell line prints on both outputs, and its exit code unless that is 0. */
const ended = (line: string) =>
  execFileSync('/bin/sh', ['-c', `${line} 2>&1 || echo "code $?"`], {
    encoding: 'utf8',
    cwd: directory.path,
  })

const x86_64 = 62
const aarch64 = 183

/** The processor that an ELF file is for. */
function machine(path: string): number {
  const header = Buffer.alloc(20)
  const file = openSync(path, 'r')
  readSync(file, header, 0, header.length, 0)
  closeSync(file)
  return header.readUInt16LE(18)
}
