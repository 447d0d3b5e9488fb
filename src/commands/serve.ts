import { isIPv6 } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { parseDuration } from '../protocol/time/duration.ts'
import { hostNameOf } from '../server/http/access/host-name.ts'
import { canonicalOrigin } from '../server/http/access/origin.ts'
import { withExamples } from './shared/examples.ts'
import { collect } from './shared/flags.ts'

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
  /** Whether it may listen beyond this machine without a token. */
  readonly insecure: boolean
  readonly allowHosts: readonly string[]
  readonly corsOrigins: readonly string[]
  readonly severityMap: string | undefined
}

export function serveCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops serve', 'on http://127.0.0.1:4677, over a journal in your data folder'],
    ['iops serve --store file:./iops-data --retain-age 30d', 'a journal of your own'],
    [
      'iops serve --store dynamodb://insights --host 0.0.0.0 --token-file token',
      'one of many, over one table',
    ],
    ['iops serve --cors-origin https://ops.example', 'pages of that origin may acknowledge, too'],
  ])
  return command
    .description('Runs the server: REST, event stream, ingest. Ctrl-C ends it cleanly.')
    .option('--host <address>', 'address to listen on; beyond this machine only with a token', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '4677')
    .option('--store <address>', 'DIR, file:DIR or dynamodb://TABLE', defaultStore(io))
    .option('--retain-age <duration>', 'drop insights older than this, like 30d')
    .option('--retain-count <number>', 'keep about this many insights')
    .option('--repair', 'set damaged lines of the journal aside instead of refusing to start', false)
    .option('--token-file <path>', 'file with the bearer token that callers must send (or IOPS_SERVER_TOKEN)')
    .option(
      '--cors-origin <origin>',
      'let pages of this origin write as well, "*" for all; repeatable',
      collect,
    )
    .option(
      '--allow-host <name>',
      'answer to this name as well when listening on loopback; repeatable',
      collect,
    )
    .option('--severity-map <file>', 'what severity words mean: lines like P1 = "critical", ticket = 40')
    .option(
      '--insecure',
      'listen beyond this machine without a token: anyone there may read and write',
      false,
    )
    .allowExcessArguments(false)
    .action(async (flags: Record<string, unknown>) => {
      const options = toOptions(flags, io.env)
      const { runServe } = await import('./serve/run-serve.ts')
      await runServe(options, io)
    })
}

/** From flags as they were written. Throws a {@link Failure} for what makes no sense. */
export function toOptions(flags: Record<string, unknown>, env: Io['env']): ServeOptions {
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const list = (name: string) => (Array.isArray(flags[name]) ? flags[name].map(String) : [])
  const age = text('retainAge')
  const retainAgeMs = age === undefined ? undefined : parseDuration(age)
  if (age !== undefined && !retainAgeMs)
    throw new Failure('usage', `--retain-age is a duration like 12h or 30d, not "${age}"`)
  const host = text('host') ?? '127.0.0.1'
  if (host === '') throw new Failure('usage', '--host is an address or a name like 127.0.0.1, not empty')
  return {
    host,
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
    insecure: flags.insecure === true,
    allowHosts: list('allowHost').map(readHostName),
    corsOrigins: list('corsOrigin').map(readOrigin),
    severityMap: text('severityMap'),
  }
}

function defaultStore({ env }: Io): string {
  return join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'iops', 'journal')
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw new Failure('usage', `${flag} is a whole number from ${min} to ${max}, not "${text}"`)
}

function readHostName(text: string): string {
  const bracketed = isIPv6(text) ? `[${text}]` : text
  const hasPort = bracketed.includes(':', bracketed.indexOf(']') + 1)
  const name = hasPort ? undefined : hostNameOf(bracketed)
  if (name !== undefined) return name
  throw new Failure('usage', `--allow-host is a host name like ops.example, without a port, not "${text}"`)
}

function readOrigin(text: string): string {
  if (text === '*' || text === 'null') return text
  const origin = canonicalOrigin(text.replace(/\/$/, ''))
  if (origin !== undefined) return origin
  throw new Failure('usage', `--cors-origin is an origin like https://ops.example, or "*", not "${text}"`)
}
