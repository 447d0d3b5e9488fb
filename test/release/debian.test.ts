import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { existingPath, requireProgram } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const directory = temporary()
const release = join(directory.path, 'release')
const system = join(directory.path, 'system')
const run = (file: string, ...argv: string[]) => execFileSync(file, argv, { encoding: 'utf8', cwd: root })
const released = (pattern: RegExp) =>
  join(release, readdirSync(release).find((name) => pattern.test(name)) ?? '')

const at = (path: string) => join(system, path)

/** As on a machine of its own; `system` takes the place of its root. */
const dpkg = (...argv: string[]) =>
  run(
    'dpkg',
    `--root=${system}`,
    '--force-not-root,depends,script-chrootless',
    `--log=${directory.path}/log`,
    ...argv,
  )

beforeAll(() => {
  run('npm', 'run', '--silent', 'build:release', '--', '--platform', 'linux-x64', '--out', release)
  for (const path of ['var/lib/dpkg/updates', 'var/lib/dpkg/info', 'etc'])
    mkdirSync(join(system, path), { recursive: true })
  for (const file of ['var/lib/dpkg/status', 'etc/passwd', 'etc/group', 'etc/shadow', 'etc/gshadow']) {
    mkdirSync(dirname(join(system, file)), { recursive: true })
    writeFileSync(join(system, file), '')
  }
}, 900_000)
afterAll(() => directory[Symbol.dispose]())

it('holds package, archive and .deb, and checksums of them all', () => {
  const files = readdirSync(release).sort()
  expect(files).toEqual([
    expect.stringMatching(/^iops-[\d.]+-linux-x64\.tar\.zst$/),
    expect.stringMatching(/^iops-[\d.]+\.tgz$/),
    expect.stringMatching(/^iops_[\d.]+_amd64\.deb$/),
    'sha256sums',
  ])
  const sums = readFileSync(join(release, 'sha256sums'), 'utf8').trim().split('\n')
  expect(sums).toEqual(
    files
      .filter((file) => file !== 'sha256sums')
      .map(
        (file) =>
          `${createHash('sha256')
            .update(readFileSync(join(release, file)))
            .digest('hex')}  ${file}`,
      ),
  )
  execFileSync('sha256sum', ['--check', '--quiet', 'sha256sums'], { cwd: release })
})

it('the archive holds one executable and the licenses, in 36 MB at most', () => {
  const archive = released(/\.tar\.zst$/)
  expect(statSync(archive).size).toBeLessThan(36_000_000)
  using unpacked = temporary()
  run('tar', '--zstd', '-xf', archive, '-C', unpacked.path)
  const [folder = ''] = readdirSync(unpacked.path)
  expect(readdirSync(join(unpacked.path, folder)).sort()).toEqual(['LICENSES', 'iops'])
  expect(run(join(unpacked.path, folder, 'iops'), '--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(readFileSync(join(unpacked.path, folder, 'LICENSES'), 'utf8')).toMatch(/Node\.js is licensed/)
})

it('the .deb is installed, removed and purged without a trace', () => {
  const before = everyFile()
  dpkg('--install', released(/\.deb$/))
  expect(run(at('usr/bin/iops'), '--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(readFileSync(at('etc/passwd'), 'utf8')).toMatch(/^iops:.*:\/var\/lib\/iops:\/usr\/sbin\/nologin$/m)
  for (const page of ['iops', 'iops-watch', 'iops-config-show'])
    expect(run('man', '--local-file', at(`usr/share/man/man1/${page}.1.gz`))).toContain(page)
  run('bash', '-n', at('usr/share/bash-completion/completions/iops'))
  expect(existsSync(at('usr/share/zsh/vendor-completions/_iops'))).toBe(true)
  expect(existsSync(at('usr/share/fish/vendor_completions.d/iops.fish'))).toBe(true)
  expect(readFileSync(at('usr/share/doc/iops/copyright'), 'utf8')).toMatch(/MIT[\s\S]*Node\.js is licensed/)

  // What the service has written is kept until it is purged.
  mkdirSync(at('var/lib/iops/journal'), { recursive: true })
  dpkg('--remove', 'iops')
  expect(existsSync(at('usr/bin/iops'))).toBe(false)
  expect(existsSync(at('var/lib/iops/journal'))).toBe(true)
  dpkg('--purge', 'iops')
  expect(existsSync(at('var/lib/iops'))).toBe(false)
  for (const file of ['etc/passwd', 'etc/group']) expect(readFileSync(at(file), 'utf8')).not.toContain('iops')
  expect(everyFile().filter((file) => !before.includes(file) && !bookkeeping.test(file))).toEqual([])
})

it('upgrades over itself', () => {
  dpkg('--install', released(/\.deb$/))
  dpkg('--install', released(/\.deb$/))
  expect(readFileSync(join(system, 'etc/passwd'), 'utf8').match(/^iops:/gm)).toHaveLength(1)
  dpkg('--purge', 'iops')
})

const analyze = requireProgram(existingPath('/usr/bin/systemd-analyze'), 'systemd')
it.skipIf(analyze === undefined)('has a unit that systemd takes', () => {
  using unpacked = temporary()
  run('dpkg-deb', '--extract', released(/\.deb$/), unpacked.path)
  const unit = 'usr/lib/systemd/system/iops.service'
  const tree = join(unpacked.path, 'root')
  for (const path of [unit, 'usr/bin/iops']) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    cpSync(join(unpacked.path, path), join(tree, path))
  }
  for (const target of ['sysinit', 'shutdown', 'basic', 'multi-user', 'network'])
    writeFileSync(join(tree, `usr/lib/systemd/system/${target}.target`), '[Unit]\n')
  expect(run('systemd-analyze', 'verify', '--man=no', `--root=${tree}`, 'iops.service')).toBe('')
})

/** Of dpkg and of the tools that make users: theirs to keep. */
const bookkeeping = /\/var\/lib\/dpkg\/|\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$|\.lock$/
const everyFile = () => readdirSync(system, { recursive: true, encoding: 'utf8' }).map((file) => `/${file}`)
