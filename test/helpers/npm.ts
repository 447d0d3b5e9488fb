import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** What npm says of a package that it has packed; sizes in bytes. */
export interface Packed {
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** Packs this project into a directory, built anew. */
export async function packProject(directory: string): Promise<Packed & { readonly path: string }> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', directory], { cwd: root })
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [Packed]
  return { ...packed, path: join(directory, packed.filename) }
}

/** Installs packages into an empty project: names, addresses or files. */
export async function install(directory: string, ...packages: string[]): Promise<void> {
  writeFileSync(join(directory, 'package.json'), '{ "private": true }\n')
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], {
    cwd: directory,
  })
}
