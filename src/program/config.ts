import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Failure } from './failure.ts'

/** What can be set in more than one place. In a profile the same names stand, as strings. */
const settings = {
  url: { flag: '--url', env: 'IOPS_URL', fallback: 'http://127.0.0.1:4677' },
  token_file: { flag: '--token-file', env: 'IOPS_TOKEN_FILE' },
  token_command: { flag: '--token-command', env: 'IOPS_TOKEN_COMMAND' },
  ca: { flag: '--ca', env: 'IOPS_CA' },
  by: { flag: '--by', env: 'IOPS_BY' },
  color: { flag: '--color', env: 'IOPS_COLOR', fallback: 'auto' },
} as const satisfies Readonly<Record<string, { flag: string; env: string; fallback?: string }>>

export type SettingName = keyof typeof settings
export const settingNames = Object.keys(settings) as SettingName[]

/** A value, and who won: `--url`, `IOPS_URL`, `profile prod in …/config.toml`, or `default`. */
interface Setting {
  readonly level: 'flag' | 'environment' | 'profile' | 'default'
  readonly value: string
  readonly origin: string
}

export type Config = Readonly<Partial<Record<SettingName, Setting>>> & {
  /** The profile in force; `url` is its own, or the default, whatever else won over it. */
  readonly profile?: { readonly name: string; readonly url: string }
}

type Env = Readonly<Record<string, string | undefined>>

/** `$XDG_CONFIG_HOME/iops/config.toml`, or the same under `~/.config`. */
export function configPath(env: Env): string {
  return join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'iops', 'config.toml')
}

/**
 * Flags win over `IOPS_*`, these over the profile (`--profile`, `IOPS_PROFILE`, the file's own
 * `profile = "…"`, or the one named `default`), that over the defaults. Throws a {@link Failure}
 * when the file is damaged or the profile that was asked for is not in it.
 */
export async function readConfig(
  flags: Readonly<Partial<Record<SettingName | 'profile', string | undefined>>>,
  env: Env,
): Promise<Config> {
  const path = configPath(env)
  const wanted = flags.profile ?? (env.IOPS_PROFILE || undefined)
  const profile = await readProfile(path, wanted)
  const found: Partial<Record<SettingName, Setting>> = {}
  for (const name of settingNames) {
    const { flag, env: variable, fallback } = { fallback: undefined, ...settings[name] }
    const candidates = [
      { level: 'flag', value: flags[name], origin: flag },
      { level: 'environment', value: env[variable] || undefined, origin: variable },
      { level: 'profile', value: profile?.values[name], origin: `profile ${profile?.name ?? ''} in ${path}` },
      { level: 'default', value: fallback, origin: 'default' },
    ] as const
    const winner = candidates.find((candidate) => candidate.value !== undefined)
    if (winner?.value === undefined) continue
    if (name === 'color' && !/^(?:auto|always|never)$/.test(winner.value))
      throw new Failure('usage', `"${winner.value}" is no colour setting (${winner.origin})`, {
        hint: 'It is auto, always or never.',
      })
    found[name] = { ...winner, value: winner.value }
  }
  if (profile === undefined) return found
  return { ...found, profile: { name: profile.name, url: profile.values['url'] ?? settings.url.fallback } }
}

interface Profile {
  readonly name: string
  readonly values: Readonly<Partial<Record<string, string>>>
}

async function readProfile(path: string, wanted: string | undefined): Promise<Profile | undefined> {
  const text = readText(path)
  if (text === undefined) {
    if (wanted === undefined) return undefined
    throw new Failure('usage', `there is no profile "${wanted}": ${path} does not exist`, {
      hint: `Write it there: [profiles.${wanted}] and a line url = "https://…"`,
    })
  }
  const document = await parseDocument(path, text)
  refuseMisplaced(path, document)
  const profiles = isTable(document.profiles) ? document.profiles : {}
  const chosen = wanted ?? (typeof document.profile === 'string' ? document.profile : undefined)
  const name = chosen ?? 'default'
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (isTable(profile)) return { name, values: checked(path, name, profile) }
  if (chosen === undefined) return undefined
  throw new Failure('usage', `there is no profile "${name}" in ${path}`, {
    hint: `It has ${Object.keys(profiles).join(', ') || 'no profiles'}; one begins with [profiles.${name}]`,
  })
}

/** Undefined where there is no such file. Read at once: `node:fs/promises` takes long to load. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure('usage', `${path} can't be read: ${message}`, { cause: error })
  }
}

async function parseDocument(path: string, text: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [problem = 'not TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
    throw new Failure('usage', `${path}:${error.line}:${error.column}: ${problem}`, {
      hint: 'Correct that line, or move the file away to go on without it.',
      cause: error,
    })
  }
}

/** A setting outside of a profile would have no effect, and nobody would know why. */
function refuseMisplaced(path: string, document: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(document)) {
    if (Object.hasOwn(settings, name))
      throw new Failure('usage', `${path} has the setting "${name}" outside of a profile`, {
        hint: `Write it below a line [profiles.NAME]; [profiles.default] is taken where nothing names another.`,
      })
  }
}

function checked(path: string, profile: string, table: Record<string, unknown>): Record<string, string> {
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(table)) {
    const where = `profile ${profile} in ${path}`
    if (name === 'token')
      throw new Failure('usage', `${where} holds a token itself`, {
        hint: 'Put it into a file of its own and name that: token_file = "…", or token_command = "…"',
      })
    if (!Object.hasOwn(settings, name))
      throw new Failure('usage', `${where} has a setting "${name}" that does not exist`, {
        hint: `There are ${settingNames.join(', ')}`,
      })
    if (typeof value !== 'string') throw new Failure('usage', `${where}: ${name} must be a string in quotes`)
    values[name] = name === 'token_file' || name === 'ca' ? value.replace(/^~(?=\/)/, homedir()) : value
  }
  return values
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
