import type { TokenSources } from '../../client/token.ts'
import type { Config } from '../../program/config.ts'

/** What wins among the places that a token may come from, and what it is called. */
export interface TokenSource extends Omit<TokenSources, 'env'> {
  readonly origin: string
}

/**
 * The flags, then `IOPS_TOKEN`, then the other variables, then the profile. Undefined when nothing is
 * set. A token itself stands in a variable only: a flag's value shows in `ps` and in the history.
 */
export function tokenSource(
  { token_file: file, token_command: command }: Config,
  env: TokenSources['env'],
): TokenSource | undefined {
  for (const level of ['flag', 'environment', 'profile']) {
    if (level === 'environment' && env.IOPS_TOKEN) return { origin: 'IOPS_TOKEN' }
    const here = [file, command].filter((setting) => setting?.level === level)
    if (here.length > 0)
      return {
        file: file?.level === level ? file.value : undefined,
        command: command?.level === level ? command.value : undefined,
        origin: here.map((setting) => setting?.origin).join(', '),
      }
  }
  return undefined
}
