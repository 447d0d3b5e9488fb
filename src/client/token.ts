import { readFileSync } from 'node:fs'
import { Failure } from '../program/failure.ts'
import { checkToken, readToken, type TokenSource } from './token-source.ts'

export { fixedToken, type TokenSource } from './token-source.ts'

export interface TokenOrigin {
  /** `--token-file`: its first line. */
  readonly file?: string | undefined
  /** `--token-command`: run by the shell; the first line of what it prints. */
  readonly command?: string | undefined
  /** `IOPS_TOKEN`, where neither is given. */
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * Gets what the command says on its stderr when it is run for the first time: it may ask for a password. Later a
   * dashboard may be on the screen.
   */
  readonly stderr?: NodeJS.WritableStream
}

/** A command that asks a person for something may take a while; milliseconds. */
const commandTimeout = 60_000

/** Throws a {@link Failure} from `current` and `renew` for a source that is given and has no token. */
export function createTokenSource(origin: TokenOrigin): TokenSource {
  const { stderr: _, ...silent } = origin
  let isFirst = true
  const source = readToken(() => {
    const reading = readFrom(isFirst ? origin : silent)
    isFirst = false
    return reading
  })
  const isRenewable = origin.file !== undefined || origin.command !== undefined
  return isRenewable ? source : { ...source, renew: () => Promise.resolve(undefined) }
}

/**
 * The bearer token; undefined when no source is given. It never comes from a flag's value, which every
 * process of the machine could read, and no message repeats it.
 */
async function readFrom({ file, command, env, stderr }: TokenOrigin): Promise<string | undefined> {
  if (file !== undefined && command !== undefined)
    throw new Failure('usage', 'give the token by --token-file or by --token-command, not by both')
  if (file !== undefined) return firstLine(fromFile(file), `the token file ${file}`)
  if (command !== undefined) return firstLine(await fromCommand(command, env, stderr), 'the token command')
  const token = env.IOPS_TOKEN?.trim()
  return token ? checkToken(token) : undefined
}

function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'failed' } = error as NodeJS.ErrnoException
    throw new Failure('usage', `the token file ${path} can't be read (${code})`, { cause: error })
  }
}

async function fromCommand(
  command: string,
  env: TokenOrigin['env'],
  stderr: TokenOrigin['stderr'],
): Promise<string> {
  // Few need it, and it takes long to load.
  const { execFile } = process.getBuiltinModule('node:child_process')
  const { promisify } = process.getBuiltinModule('node:util')
  try {
    const running = promisify(execFile)('/bin/sh', ['-c', command], {
      env,
      timeout: commandTimeout,
      maxBuffer: 65_536,
    })
    if (stderr) running.child.stderr?.pipe(stderr, { end: false })
    return (await running).stdout
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
  if (line !== '') return checkToken(line.trim())
  throw new Failure('usage', `${source} gave no token`)
}
