import { execFileSync, spawnSync } from 'node:child_process'
import { isBuiltin } from 'node:module'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials } from '../helpers/dynamo.ts'
import { expectEveryCommand } from '../helpers/every-command.ts'
import { install, packProject } from '../helpers/npm.ts'
import { temporary } from '../helpers/temporary.ts'

const directory = temporary()
let packed: Awaited<ReturnType<typeof packProject>>
beforeAll(async () => {
  packed = await packProject(directory.path)
})
afterAll(() => directory[Symbol.dispose]())

it('holds the program, documents and licenses, and nothing that only a checkout needs', () => {
  const paths = packed.files.map(({ path }) => path)
  expect(paths).toEqual(
    expect.arrayContaining([
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      'bin/iops.js',
      'dist/cli.js',
      'dist/THIRD-PARTY-LICENSES',
      'docs/scaling.md',
    ]),
  )
  expect(paths.filter((path) => !/^(bin|dist|docs)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path))).toEqual([])
  expect(paths.filter((path) => /\.(map|tmp)$|npmignore$/.test(path))).toEqual([])
  expect(packed.size).toBeLessThan(3_000_000)
})

it('keeps what publint asks of a package', async () => {
  const { messages } = await publint({ pkgDir: new URL('../..', import.meta.url).pathname, strict: true })
  expect(messages).toEqual([])
})

it('needs no package beside itself', () => {
  using project = temporary()
  execFileSync('tar', ['-xzf', packed.path, '-C', project.path])
  const unpacked = join(project.path, 'package')
  const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Record<string, unknown>
  expect(manifest['dependencies'] ?? {}).toEqual({})
  const files = ['cli.js', ...readdirSync(join(unpacked, 'dist/chunks')).map((name) => `chunks/${name}`)]
  const imported = files.flatMap((file) => {
    const text = readFileSync(join(unpacked, 'dist', file), 'utf8')
    return Array.from(
      text.matchAll(
        /(?:^|[;}\n])(?:import|export)\s*(?:[\w*{][^;"'()]*from\s*)?["']([^"']+)["']|import\(["']([^"']+)["']\)/g,
      ),
      ([, name, onDemand]) => name ?? onDemand ?? '',
    )
  })
  expect(imported.length).toBeGreaterThan(100)
  expect(imported.filter((name) => !/^(\.|node:)/.test(name) && !isBuiltin(name))).toEqual([])
})

describe.each(['22', '24', '26'])('installed with Node %s', (major) => {
  it('runs every command, without a word of its own', async () => {
    using project = temporary()
    await install(project.path, `node@${major}`, packed.path)
    const bin = join(project.path, 'node_modules/.bin')
    const node = join(bin, 'node')
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(new RegExp(`^v${major}\\.`))
    await expectEveryCommand({
      command: [join(bin, 'iops')],
      env: { PATH: `${bin}:/usr/bin:/bin`, HOME: project.path, LANG: 'C.UTF-8', ...credentials },
      journal: join(project.path, 'journal'),
    })
  })
})

it('with Node 20, says in one line how to go on', async () => {
  using project = temporary()
  await install(project.path, 'node@20', packed.path)
  const bin = join(project.path, 'node_modules/.bin')
  const { status, stdout, stderr } = spawnSync(join(bin, 'iops'), ['recent'], {
    env: { PATH: `${bin}:/usr/bin:/bin` },
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(/^iops needs Node\.js 22\.19 or newer, and this is 20\.\S+: .*install.*\n$/)
})
