import { transform } from 'esbuild'
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { bundle, outputDirectory } from '../build/bundle.ts'
import type { Platform } from './node-runtime.ts'
import { nodeRuntime } from './node-runtime.ts'

const run = promisify(execFile)

/** Of binutils, which come for one processor at a time. */
const strippers: Readonly<Record<Platform, string>> = {
  'linux-x64': process.arch === 'x64' ? 'strip' : 'x86_64-linux-gnu-strip',
  'linux-arm64': process.arch === 'arm64' ? 'strip' : 'aarch64-linux-gnu-strip',
}

/** Builds the single executable: a stripped Node with the bundle in it. It appears at `path` when it is whole. */
export async function buildExecutable(root: string, platform: Platform, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const work = await mkdtemp(join(dirname(path), `.${basename(path)}-`))
  try {
    const { executable } = await nodeRuntime(root, platform)
    const stripped = join(work, 'node')
    await copyFile(executable, stripped)
    await run(strippers[platform], [stripped])
    const output = join(work, 'iops')
    const config = {
      main: await write(join(work, 'main.mjs'), await javaScript('sea-main.ts')),
      mainFormat: 'module',
      executable: stripped,
      output,
      disableExperimentalSEAWarning: true,
      assets: await writeAssets(work),
    }
    await run(process.execPath, ['--build-sea', await write(join(work, 'sea.json'), JSON.stringify(config))])
    await rename(output, path)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** Each file of the bundle, by its path in `dist`, and one that imports from there. */
async function writeAssets(work: string): Promise<Record<string, string>> {
  const assets: Record<string, string> = {}
  for (const { path, contents } of await bundle()) {
    if (!path.endsWith('.js')) continue
    const name = relative(outputDirectory, path)
    assets[name] = await write(join(work, name), contents)
  }
  assets['load.js'] = await write(join(work, 'load.js'), 'export const load = (url) => import(url)\n')
  return assets
}

async function write(path: string, contents: string | Uint8Array): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, contents)
  return path
}

async function javaScript(file: string): Promise<string> {
  const source = await readFile(join(import.meta.dirname, file), 'utf8')
  return (await transform(source, { loader: 'ts', format: 'esm', target: 'node26' })).code
}
