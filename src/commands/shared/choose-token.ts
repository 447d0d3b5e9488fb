import type { TokenOrigin } from '../../client/token.ts'
import type { Config } from '../../program/config.ts'

/** The place that the token comes from. */
export interface TokenChoice extends Omit<TokenOrigin, 'env'> {
  /** What won: `--token-file`, `IOPS_TOKEN`, `profile prod in …/config.toml`. */
  readonly origin: string
  /** Why it is not used although it is configured. */
  readonly withheld?: string
}

/**
 * The flags, then `IOPS_TOKEN`, then the other variables, then the profile. Undefined when nothing is
 * set. A token itself stands in a variable only: a flag's value shows in `ps` and in the history. What a
 * profile names is for the origin of that profile's own url: elsewhere it is withheld, and a command is
 * not even run.
 */
export function chooseToken(config: Config, env: TokenOrigin['env']): TokenChoice | undefined {
  const { token_file: file, token_command: command } = config
  for (const level of ['flag', 'environment', 'profile'] as const) {
    if (level === 'environment' && env.IOPS_TOKEN?.trim()) return { origin: 'IOPS_TOKEN' }
    const here = [file, command].filter((setting) => setting?.level === level)
    if (here.length === 0) continue
    const origin = [...new Set(here.map((setting) => setting?.origin))].join(', ')
    const withheld = level === 'profile' ? foreign(config) : undefined
    if (withheld !== undefined) return { origin, withheld }
    return {
      file: file?.level === level ? file.value : undefined,
      command: command?.level === level ? command.value : undefined,
      origin,
    }
  }
  return undefined
}

/** Undefined where the URL in force has the origin of the profile's. */
function foreign({ url, profile }: Config): string | undefined {
  if (url === undefined || profile === undefined || url.level === 'profile') return undefined
  const own = originOf(profile.url)
  const origin = originOf(url.value)
  if (own !== undefined && own === origin) return undefined
  return `the token of profile "${profile.name}" is for ${own ?? profile.url} only, and not sent to ${origin ?? url.value}`
}

const originOf = (url: string) => (URL.canParse(url.trim()) ? new URL(url.trim()).origin : undefined)
