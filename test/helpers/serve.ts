import { existsSync } from 'node:fs'
import { Iops } from './iops.ts'

export interface Serving extends AsyncDisposable {
  readonly url: string
  readonly iops: Iops
}

/** The built `iops serve` on a journal; resolves when it listens. Ends with `await using`, by SIGKILL. */
export async function serve(
  directory: string,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const iops = new Iops(['serve', '--port', '0', '--store', `file:${directory}`, ...flags], { env })
  const address = () => /listening on (http:\S+)/.exec(iops.stderr)?.[1]
  await iops.until(() => address() !== undefined)
  return { url: address() ?? '', iops, [Symbol.asyncDispose]: () => iops[Symbol.asyncDispose]() }
}

/** A debian program that a test needs: its path, or undefined, which is an error where everything has to be tested. */
export function requireProgram(path: string | undefined, name: string): string | undefined {
  if (path === undefined && process.env['CI'])
    throw new Error(`${name} is missing, and nothing is skipped in CI`)
  return path
}

/** The path, where there is something at it. */
export const existingPath = (path: string): string | undefined => (existsSync(path) ? path : undefined)
