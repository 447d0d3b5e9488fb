import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

interface BuiltFile {
  /** Absolute, below the directory. */
  readonly path: string
  readonly contents: Uint8Array
}

/** How long the files of an earlier build stay after the build that replaced them, in milliseconds. */
const keepFor = 7 * 24 * 60 * 60 * 1000

/** Lists what is in the folder, but not of the latest build: npm leaves it out of the package. */
const ignoreFile = '.npmignore'

/**
 * Brings a build's files into a folder that processes may run from; it is made if it is missing. Each file appears
 * whole, by a rename. Those at the top, the entries, come last: whatever they import is there by then. The files of
 * earlier builds stay for seven days, as processes that were started from them still import them on demand.
 */
export async function publishFiles(directory: string, files: readonly BuiltFile[]): Promise<void> {
  const superseded = await readIgnored(directory)
  const entries = files.filter(({ path }) => dirname(path) === directory)
  for (const { path, contents } of files) if (dirname(path) !== directory) await replace(path, contents)
  for (const { path, contents } of entries) await replace(path, contents)

  const current = new Set([...files.map(({ path }) => relative(directory, path)), ignoreFile])
  const kept: string[] = []
  for (const name of await list(directory)) {
    if (current.has(name)) continue
    const path = join(directory, name)
    if (!superseded.has(name)) await unlessGone(utimes(path, new Date(), new Date()))
    const changed = (await unlessGone(stat(path)))?.mtimeMs ?? 0
    if (Date.now() - changed > keepFor) await rm(path, { force: true })
    else kept.push(name)
  }
  const lines = kept.sort().map((name) => `/${name}\n`)
  await replace(join(directory, ignoreFile), Buffer.from(lines.join('')))
}

async function replace(path: string, contents: Uint8Array): Promise<void> {
  const old = await unlessGone(readFile(path))
  if (old?.equals(contents)) return
  await mkdir(dirname(path), { recursive: true })
  const beside = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(beside, contents)
    await rename(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
}

async function readIgnored(directory: string): Promise<Set<string>> {
  const text = (await unlessGone(readFile(join(directory, ignoreFile), 'utf8'))) ?? ''
  return new Set(text.split('\n').map((line) => line.slice(1)))
}

async function list(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
}

/** Another build may run at the same time. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
