import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Config } from '../config.ts'
import { Failure } from '../failure.ts'

/** Where a token is to come from. A flag never holds one: it would stand in `ps` and in the history. */
export interface TokenSource {
  readonly kind: 'value' | 'file' | 'command'
  readonly text: string
  readonly origin: string
}

/** The flags, then `IOPS_TOKEN`, then the other variables, then the profile; a file before a command. */
export function tokenSource(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): TokenSource | undefined {
  const { token_file: file, token_command: command } = config
  const at = (level: string): TokenSource | undefined => {
    if (level === 'environment' && env.IOPS_TOKEN)
      return { kind: 'value', text: env.IOPS_TOKEN, origin: 'IOPS_TOKEN' }
    if (file?.level === level) return { kind: 'file', text: file.value, origin: file.origin }
    if (command?.level === level) return { kind: 'command', text: command.value, origin: command.origin }
    return undefined
  }
  return at('flag') ?? at('environment') ?? at('profile')
}

/** Throws a usage {@link Failure} when the file or the command gives none; no words repeat a token. */
export async function readToken(
  source: TokenSource | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (source === undefined) return undefined
  const { kind, text, origin } = source
  const token = (
    kind === 'value' ? text : await (kind === 'file' ? fromFile : fromCommand)(source, signal)
  ).trim()
  if (token !== '') return token
  throw new Failure('usage', `the token of ${origin} is empty${kind === 'value' ? '' : ` (${text})`}`)
}

async function fromFile({ text, origin }: TokenSource): Promise<string> {
  try {
    return await readFile(text, 'utf8')
  } catch (error) {
    const words = (error as Error).message
    throw new Failure('usage', `the token file of ${origin} can't be read: ${words}`, { cause: error })
  }
}

const run = promisify(execFile)

async function fromCommand({ text, origin }: TokenSource, signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await run('/bin/sh', ['-c', text], { signal, timeout: 30_000, maxBuffer: 64 * 1024 })
    return stdout
  } catch (error) {
    const { code, killed } = error as { code?: unknown; killed?: boolean }
    const words = killed ? 'took longer than 30 s' : `failed (${String(code)})`
    throw new Failure('usage', `the token command of ${origin} ${words}`, {
      hint: `Try it by itself: ${text}`,
      cause: error,
    })
  }
}
