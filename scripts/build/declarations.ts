import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

interface BuiltFile {
  readonly path: string
  readonly contents: Uint8Array
}

/**
 * The type declarations of the library's entries and of all that they refer to, below `outputDirectory`. Throws for one
 * that needs a package which isn't a peer: who uses the library would not have it.
 */
export function declarations(root: string, entries: readonly string[], outputDirectory: string): BuiltFile[] {
  const directory = mkdtempSync(join(tmpdir(), 'iops-types-'))
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    execFileSync(process.execPath, [tsc, '-p', 'tsconfig.types.json', '--outDir', directory], {
      cwd: root,
      stdio: 'inherit',
    })
    const found = new Map<string, string>()
    const queue = entries.map((entry) => join(directory, entry))
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (found.has(path)) continue
      const text = readFileSync(path, 'utf8')
      found.set(path, text)
      for (const [, name = ''] of text.matchAll(/(?:from |import\(|import )['"]([^'"]+)['"]/g)) {
        if (name.startsWith('.')) queue.push(join(dirname(path), name.replace(/\.tsx?$/, '.d.ts')))
        else if (!peers.test(name)) throw new Error(`${relative(directory, path)} needs the types of ${name}`)
      }
    }
    return Array.from(found, ([path, text]) => ({
      path: join(outputDirectory, relative(directory, path)),
      contents: Buffer.from(text.replaceAll(/(['"])(\.{1,2}\/[^'"]+)\.tsx?\1/g, '$1$2.js$1')),
    }))
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const peers = /^(?:react|@tanstack\/react-query|node:.*)$/
