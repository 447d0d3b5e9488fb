import type { Command } from 'commander'
import { type Api, createApi } from '../../client/api/api.ts'
import { type Connection, createConnection } from '../../client/connection.ts'
import { createTokenSource, type TokenSource } from '../../client/token.ts'
import { type Config, readConfig } from '../../program/config.ts'
import type { Io } from '../../program/io.ts'
import { sanitize } from '../../text/sanitize.ts'
import { chooseToken } from './choose-token.ts'

/** The flags of every command that talks to a server. */
export interface ConnectionFlags {
  readonly url?: string
  readonly profile?: string
  readonly tokenFile?: string
  readonly tokenCommand?: string
  readonly ca?: string
}

const group = 'Connection:'

export function withConnectionFlags(command: Command): Command {
  for (const [flags, description] of [
    ['--url <url>', "the server's base URL, or its stream's (IOPS_URL; http://127.0.0.1:4677)"],
    ['--profile <name>', 'a profile of the config file (IOPS_PROFILE)'],
    ['--token-file <file>', 'read the token from a file (IOPS_TOKEN holds one itself)'],
    ['--token-command <command>', 'take the token from what a command prints'],
    ['--ca <file>', 'also trust the authorities in this PEM file'],
  ] as const)
    command.addOption(command.createOption(flags, description).helpGroup(group))
  return command
}

/** Only these of a command's flags. */
export function connectionFlags(flags: ConnectionFlags): ConnectionFlags {
  const { url, profile, tokenFile, tokenCommand, ca } = flags
  return {
    ...(url !== undefined && { url }),
    ...(profile !== undefined && { profile }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(tokenCommand !== undefined && { tokenCommand }),
    ...(ca !== undefined && { ca }),
  }
}

/**
 * The way to the configured server; Ctrl-C cuts whatever is under way. The caller closes it. `ready` is called once nothing
 * is left to be asked of a person.
 */
export async function openConnection(
  flags: ConnectionFlags & Readonly<Record<string, unknown>>,
  io: Io,
  ready?: () => void,
): Promise<{ readonly connection: Connection; readonly config: Config }> {
  const config = await readConfig(settingFlags(flags), io.env)
  const token = await openToken(config, io)
  ready?.()
  const connection = createConnection({
    url: config.url?.value ?? '',
    token,
    ca: config.ca?.value,
    env: io.env,
  })
  io.signal.addEventListener('abort', () => void connection.close(), { once: true })
  return { connection, config }
}

async function openToken(config: Config, io: Io): Promise<TokenSource | undefined> {
  const choice = chooseToken(config, io.env)
  if (choice?.withheld !== undefined) {
    io.stderr.write(`iops: ${sanitize(choice.withheld)}\n`)
    return undefined
  }
  const source = createTokenSource({ ...choice, env: io.env, stderr: io.stderr })
  await source.current()
  return source
}

/** Runs with the REST side of the configured server. */
export async function withApi<T>(
  flags: ConnectionFlags,
  io: Io,
  use: (api: Api, config: Config) => Promise<T>,
): Promise<T> {
  const { connection, config } = await openConnection({ ...flags }, io)
  try {
    return await use(createApi(connection), config)
  } finally {
    await connection.close()
  }
}

/** Commander's names of the flags that `readConfig` knows. */
export const settingFlags = (flags: Readonly<Record<string, unknown>>) =>
  ({
    profile: text(flags.profile),
    url: text(flags.url),
    token_file: text(flags.tokenFile),
    token_command: text(flags.tokenCommand),
    ca: text(flags.ca),
    by: text(flags.by),
    color: text(flags.color),
  }) as const

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
