// npm run build:release -- [--platform linux-x64]... [--out DIR]: everything that is published, with its checksums.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { buildDebian, copyright } from './debian.ts'
import { buildExecutable } from './executable.ts'
import { isPlatform, type Platform, platforms } from './node-runtime.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    platform: { type: 'string', multiple: true, default: [...platforms] },
    out: { type: 'string', default: join(root, 'release') },
  },
})
const out = resolve(values.out)
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
// Builds dist/ first.
await run('npm', ['pack', '--pack-destination', out], { cwd: root })
for (const platform of values.platform) {
  if (!isPlatform(platform))
    throw new Error(`there is no release for ${platform}, only for ${platforms.join(', ')}`)
  const executable = join(out, platform, 'iops')
  await buildExecutable(root, platform, executable)
  await buildDebian({ root, version, platform, executable, directory: out })
  await archive(platform, executable)
  await rm(join(out, platform), { recursive: true })
}
const files = (await readdir(out)).sort()
const sums = await Promise.all(files.map(async (file) => `${await sha256(join(out, file))}  ${file}\n`))
await writeFile(join(out, 'sha256sums'), sums.join(''))
process.stdout.write(sums.join(''))

/** `iops-<version>-<platform>.tar.zst`, with the executable and its licenses in a folder of that name. */
async function archive(platform: Platform, executable: string): Promise<void> {
  const name = `iops-${version}-${platform}`
  const folder = join(out, platform, name)
  await mkdir(folder)
  await symlink(executable, join(folder, 'iops'))
  await writeFile(join(folder, 'LICENSES'), await copyright(root, platform))
  const owner = ['--owner=0', '--group=0', '--dereference']
  await run('tar', [...owner, '-I', 'zstd -19 -T0', '-cf', join(out, `${name}.tar.zst`), name], {
    cwd: join(out, platform),
  })
}

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}
