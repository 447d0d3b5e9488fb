import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { binary } from './iops.ts'

const folder = new URL('../../docs/recipes/', import.meta.url)

/** Every page, without its ending. */
export const recipes = readdirSync(folder)
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => name.slice(0, -3))
  .sort()

/** The code blocks of a page, as `[language, code]`. */
export function blocksOf(name: string): [string, string][] {
  const text = readFileSync(new URL(`${name}.md`, folder), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => [
    language,
    code,
  ])
}

export interface RunningRecipe extends AsyncDisposable {
  output: string
  readonly ended: Promise<unknown>
}

/** Runs a block in a folder, with `iops` and doubles of other programs, each the text of a script, on the path. */
export function runRecipe(
  code: string,
  directory: string,
  env: Readonly<Record<string, string>>,
  doubles: Readonly<Record<string, string>> = {},
): RunningRecipe {
  const scripts = { iops: `exec "${process.execPath}" "${binary}" "$@"`, ...doubles }
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const child = spawn('bash', ['-euo', 'pipefail', '-c', code], {
    cwd: directory,
    detached: true,
    env: { PATH: `${directory}:${process.env['PATH']}`, HOME: directory, LANG: 'C.UTF-8', ...env },
  })
  const closed = once(child, 'close')
  const recipe: RunningRecipe = {
    output: '',
    ended: closed.then(([code]) => code as unknown),
    async [Symbol.asyncDispose]() {
      // The group of the shell that was started here, so that what it runs ends with it.
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await closed
    },
  }
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (recipe.output += text))
  return recipe
}
