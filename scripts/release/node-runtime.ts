import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const platforms = ['linux-x64', 'linux-arm64'] as const
export type Platform = (typeof platforms)[number]

export function isPlatform(name: string): name is Platform {
  return (platforms as readonly string[]).includes(name)
}

interface NodeRuntime {
  readonly executable: string
  /** Node's license and those of what it contains: a file. */
  readonly license: string
}

/** The npm-packaged Node of the version that runs this, for a platform. It is kept in node_modules/.cache. */
export async function nodeRuntime(root: string, platform: Platform): Promise<NodeRuntime> {
  const name = `node-${platform}@${process.versions.node}`
  const cache = join(root, 'node_modules/.cache/iops')
  const directory = join(cache, name)
  const runtime = { executable: join(directory, 'bin/node'), license: join(directory, 'LICENSE') }
  if (await exists(runtime.executable)) return runtime
  await mkdir(cache, { recursive: true })
  const beside = await mkdtemp(join(cache, 'download-'))
  try {
    await run('npm', ['pack', '--prefer-offline', '--pack-destination', beside, name], { cwd: beside })
    const archive = join(beside, `node-${platform}-${process.versions.node}.tgz`)
    await run('tar', ['-xzf', archive, '-C', beside, 'package/bin/node', 'package/LICENSE'])
    await rename(join(beside, 'package'), directory).catch(async (error: unknown) => {
      if (!(await exists(runtime.executable))) throw error
    })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
  return runtime
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
