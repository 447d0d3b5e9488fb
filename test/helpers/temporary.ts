import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of its own, gone at the end of the block: `using directory = temporary()`. */
export function temporary(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'iops-test-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
