import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Failure } from '../program/failure.ts'

export interface TokenSources {
  /** `--token-file`: its first line. */
  readonly file?: string | undefined
  /** `--token-command`: run by the shell; the first line of what it prints. */
  readonly command?: string | undefined
  /** `IOPS_TOKEN`, where neither is given. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const run = promisify(execFile)
/** A command that asks a person for something may take a while; milliseconds. */
const commandTimeout = 60_000

/**
 * The bearer token; undefined when no source is given. It never comes from a flag's value, which every
 * process of the machine could read, and no sentence repeats it. Throws a {@link Failure} for a source
 * that is given and has none.
 */
export async function readToken({ file, command, env }: TokenSources): Promise<string | undefined> {
  if (file !== undefined && command !== undefined)
    throw new Failure('usage', 'give the token by --token-file or by --token-command, not by both')
  if (file !== undefined) return firstLine(await fromFile(file), `the token file ${file}`)
  if (command !== undefined) return firstLine(await fromCommand(command, env), 'the token command')
  return env.IOPS_TOKEN?.trim() || undefined
}

async function fromFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code = 'failed' } = error as NodeJS.ErrnoException
    throw new Failure('usage', `the token file ${path} can't be read (${code})`, { cause: error })
  }
}

async function fromCommand(command: string, env: TokenSources['env']): Promise<string> {
  try {
    const { stdout } = await run('/bin/sh', ['-c', command], {
      env,
      timeout: commandTimeout,
      maxBuffer: 65_536,
    })
    return stdout
  } catch (error) {
    // What it printed may hold the token, so only how it ended is told.
    const { code, signal } = error as { code?: string | number; signal?: string | null }
    throw new Failure('failed', `the token command failed (${signal ?? code ?? 'no exit code'})`, {
      hint: 'Run it by itself to see why.',
    })
  }
}

function firstLine(text: string, source: string): string {
  const [line = ''] = text.trim().split(/\r?\n/)
  if (line !== '') return line.trim()
  throw new Failure('usage', `${source} gave no token`)
}
