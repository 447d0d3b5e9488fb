import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Failure } from '../program/failure.ts'
import { keepYoungHeapSmall } from '../program/memory.ts'
import type { Io } from '../program/io.ts'
import { parseDuration } from '../protocol/time/duration.ts'
import { createLogger } from '../server/telemetry/logger.ts'
import { startServer } from '../server/node.ts'
import { StoreEvents } from '../server/telemetry/store-events.ts'
import { openStore } from '../server/stores/open.ts'
import { withExamples } from './shared/examples.ts'

/** What `iops serve` was asked to do. */
export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly store: string
  readonly retainAgeMs: number | undefined
  readonly retainCount: number | undefined
  readonly repair: boolean
  readonly tokenFile: string | undefined
  readonly token: string | undefined
}

export function serveCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops serve', 'on http://127.0.0.1:4677, over a journal in your data folder'],
    ['iops serve --store file:./iops-data --retain-age 30d', 'a journal of your own'],
    ['iops serve --store dynamodb://insights --host 0.0.0.0', 'one of many, over one table'],
  ])
  return command
    .description('Runs the server: REST, event stream, ingest. Ctrl-C ends it cleanly.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '4677')
    .option('--store <address>', 'DIR, file:DIR or dynamodb://TABLE', defaultStore(io))
    .option('--retain-age <duration>', 'drop insights older than this, like 30d')
    .option('--retain-count <number>', 'keep about this many insights')
    .option('--repair', 'set damaged lines of the journal aside instead of refusing to start', false)
    .option('--token-file <path>', 'file with the bearer token that callers must send (or IOPS_SERVER_TOKEN)')
    .allowExcessArguments(false)
    .action((flags: Record<string, unknown>) => run(toOptions(flags, io.env), io))
}

/** From flags as they were written. Throws a {@link Failure} for what makes no sense. */
export function toOptions(flags: Record<string, unknown>, env: Io['env']): ServeOptions {
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const age = text('retainAge')
  const retainAgeMs = age === undefined ? undefined : parseDuration(age)
  if (age !== undefined && !retainAgeMs)
    throw new Failure('usage', `--retain-age is a duration like 12h or 30d, not "${age}"`)
  return {
    host: text('host') ?? '127.0.0.1',
    port: whole('--port', text('port') ?? '4677', 0, 65_535),
    store: text('store') ?? '',
    retainAgeMs,
    retainCount:
      flags.retainCount === undefined
        ? undefined
        : whole('--retain-count', text('retainCount') ?? '', 1, 1e12),
    repair: flags.repair === true,
    tokenFile: text('tokenFile'),
    token: env.IOPS_SERVER_TOKEN || undefined,
  }
}

/** Serves until the signal aborts; then ends every stream, and what was accepted is on disk. */
export async function run(options: ServeOptions, io: Io): Promise<void> {
  keepYoungHeapSmall()
  const logger = createLogger(io.stderr as NodeJS.WriteStream, () => new Date(io.now()))
  const token = options.tokenFile === undefined ? options.token : await readToken(options.tokenFile)
  const { store: address, retainAgeMs: maxAgeMs, retainCount: maxInsights, repair } = options
  const events = new StoreEvents()
  const retention = { maxAgeMs, maxInsights }
  const store = await openStore(address, { logger, retention, repair, count: events.count })
  try {
    const { host, port } = options
    const now = () => new Date(io.now())
    const server = await startServer({ store, logger, host, port, token, now, storeEvents: events }).catch(
      (error: unknown) => {
        throw listenFailure(error, host, port)
      },
    )
    logger('info', `iops serve listening on ${server.url}`, { store: address })
    await stopped(io.signal)
    logger('info', 'shutting down', { streams: server.hub.subscribers })
    await server.close()
  } finally {
    await store.close()
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function defaultStore({ env }: Io): string {
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'iops', 'journal')
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new Failure('usage', `${flag} is a whole number from ${least} to ${most}, not "${text}"`)
}

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure('failed', `the token file can not be read: ${wordsOf(error)}`, { cause: error })
  })
  const token = text.trim()
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new Failure('failed', `${path} must hold one token of printable ASCII without spaces`)
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

function listenFailure(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const cause = { cause: error }
  if (code === 'EADDRINUSE')
    return new Failure('failed', `port ${port} on ${host} is in use`, {
      ...cause,
      hint: 'stop the other program, or choose another port: --port 0 takes a free one',
    })
  if (code === 'EACCES')
    return new Failure('failed', `this user may not listen on port ${port}`, {
      ...cause,
      hint: 'choose a port from 1024 on',
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new Failure('failed', `${host} is no address of this machine`, cause)
  return error
}
