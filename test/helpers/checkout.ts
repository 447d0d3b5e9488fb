import { execFile, execFileSync } from 'node:child_process'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporary } from './temporary.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** A copy of what is built and packed, with a `dist` of its own; gone at the end of the block. */
export class Checkout implements Disposable {
  readonly #directory = temporary()
  readonly path = this.#directory.path
  readonly bin = join(this.path, 'bin/iops.js')

  constructor() {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
    })
    for (const file of files.trim().split('\n'))
      if (!/^(test|bench)\//.test(file)) cpSync(join(root, file), join(this.path, file))
    symlinkSync(join(root, 'node_modules'), join(this.path, 'node_modules'))
  }

  /** Replaces a text in a source; it has to be there. */
  edit(file: string, from: RegExp, to: string): void {
    const path = join(this.path, file)
    const text = readFileSync(path, 'utf8')
    if (!from.test(text)) throw new Error(`${file} has no ${String(from)}`)
    writeFileSync(path, text.replace(from, to))
  }

  async build(): Promise<void> {
    await promisify(execFile)(process.execPath, ['build.js'], { cwd: this.path })
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]()
  }
}
