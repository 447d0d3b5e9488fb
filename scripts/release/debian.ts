import { execFile } from 'node:child_process'
import {
  chmod,
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { Platform } from './node-runtime.ts'
import { nodeRuntime } from './node-runtime.ts'

const run = promisify(execFile)

const architectures: Readonly<Record<Platform, string>> = { 'linux-x64': 'amd64', 'linux-arm64': 'arm64' }

/** The symbols that the executable asks for: GLIBC_2.28, GLIBCXX_3.4.21. */
const depends = 'libatomic1, libc6 (>= 2.28), libgcc-s1 | libgcc1, libstdc++6 (>= 5.2)'

interface DebianOptions {
  readonly root: string
  readonly version: string
  readonly platform: Platform
  readonly executable: string
  readonly directory: string
}

/** Builds `iops_<version>_<architecture>.deb` in a directory, and resolves with its path. */
export async function buildDebian({
  root,
  version,
  platform,
  executable,
  directory,
}: DebianOptions): Promise<string> {
  const name = `iops_${version}_${architectures[platform]}.deb`
  const work = await mkdtemp(join(directory, `.${name}-`))
  try {
    const tree = join(work, 'tree')
    const put = async (to: string, contents: string | Uint8Array, mode = 0o644) => {
      await mkdir(dirname(join(tree, to)), { recursive: true })
      await writeFile(join(tree, to), contents)
      await chmod(join(tree, to), mode)
    }
    const take = async (from: string, to: string, mode?: number) =>
      put(to, await readFile(join(root, from)), mode)
    await mkdir(join(tree, 'usr/bin'), { recursive: true })
    await copyFile(executable, join(tree, 'usr/bin/iops'))
    await chmod(join(tree, 'usr/bin/iops'), 0o755)
    await take('packaging/systemd/iops.service', 'usr/lib/systemd/system/iops.service')
    await take('packaging/systemd/iops.sysusers', 'usr/lib/sysusers.d/iops.conf')
    await put('usr/share/doc/iops/copyright', await copyright(root, platform))
    await put(
      'usr/share/doc/iops/changelog.gz',
      gzipSync(await readFile(join(root, 'CHANGELOG.md')), { level: 9 }),
    )
    await cp(join(root, 'docs'), join(tree, 'usr/share/doc/iops/docs'), { recursive: true })
    for (const [shell, path] of completions) await put(path, await completion(root, shell))
    for (const [file, page] of await manPages(root, join(work, 'man')))
      await put(`usr/share/man/man1/${file}.gz`, gzipSync(page, { level: 9 }))
    for (const script of ['postinst', 'prerm', 'postrm'])
      await take(`packaging/debian/${script}`, `DEBIAN/${script}`, 0o755)
    const { size } = await stat(executable)
    await put('DEBIAN/control', control(version, architectures[platform], Math.ceil(size / 1024)))
    const built = join(work, name)
    await run('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, built])
    await rename(built, join(directory, name))
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return join(directory, name)
}

const completions = [
  ['bash', 'usr/share/bash-completion/completions/iops'],
  ['zsh', 'usr/share/zsh/vendor-completions/_iops'],
  ['fish', 'usr/share/fish/vendor_completions.d/iops.fish'],
] as const

const control = (version: string, architecture: string, installedSize: number) => `Package: iops
Version: ${version}
Architecture: ${architecture}
Maintainer: The iops authors <iops@localhost>
Installed-Size: ${installedSize}
Depends: ${depends}
Section: net
Priority: optional
Description: feed of risk-scored alerts, served and shown live in a terminal
 One program that serves alerts over REST and Server-Sent Events, on a local
 journal or DynamoDB, and shows them in a live dashboard: none lost, none twice.
`

async function completion(root: string, shell: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'bin/iops.js'), 'completion', shell])
  return stdout
}

async function manPages(root: string, directory: string): Promise<[string, Buffer][]> {
  await run(join(root, 'node_modules/.bin/tsx'), [join(root, 'scripts/manual.ts'), directory], { cwd: root })
  const files = await readdir(directory)
  return Promise.all(
    files.map(async (file): Promise<[string, Buffer]> => [file, await readFile(join(directory, file))]),
  )
}

/** Of iops, of what is bundled, and of Node. */
export async function copyright(root: string, platform: Platform): Promise<string> {
  const { license } = await nodeRuntime(root, platform)
  const texts = await Promise.all(
    [join(root, 'LICENSE'), join(root, 'dist/THIRD-PARTY-LICENSES'), license].map((path) =>
      readFile(path, 'utf8'),
    ),
  )
  return texts.join(`\n${'='.repeat(80)}\n\n`)
}
