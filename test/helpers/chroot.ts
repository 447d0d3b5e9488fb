import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporary } from './temporary.ts'

/** Whether this process may make its children's root another folder; where everything has to be tested, it must. */
export const mayChroot = process.getuid?.() === 0
if (!mayChroot && process.env['CI']) throw new Error('only root may chroot, and nothing is skipped in CI')

/** A root with a program, the libraries that it is linked with, and nothing else: no /tmp, no /proc, no shell. */
export class Chroot implements Disposable {
  readonly #directory = temporary()
  readonly path = this.#directory.path

  constructor(executable: string) {
    copyFileSync(executable, join(this.path, 'iops'))
    const linked = execFileSync('ldd', [executable], { encoding: 'utf8' })
    for (const [, library = ''] of linked.matchAll(/(\/\S+) \(0x/g)) {
      mkdirSync(join(this.path, dirname(library)), { recursive: true })
      copyFileSync(library, join(this.path, library))
    }
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]()
  }
}
