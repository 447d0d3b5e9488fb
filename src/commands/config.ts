import { Command } from 'commander'
import { configPath, readConfig, settingNames } from '../program/config.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { type ConnectionFlags, settingFlags, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { chooseToken } from './shared/choose-token.ts'

export interface ConfigShowOptions extends ConnectionFlags {
  readonly origin?: boolean
  readonly json?: boolean
}

export function configCommand(io: Io, run = runConfigShow): Command {
  const show = withExamples(new Command('show'), [
    ['iops config show --origin', 'each setting, and who won'],
    ['iops config show --profile prod --origin', 'the same for a profile'],
  ])
    .description('Shows what is configured. A token is never shown.')
    .option('--origin', 'also where each value comes from')
    .option('--json', 'one object of {value, origin}')
    .action((options: ConfigShowOptions) => run(options, io))
  withConnectionFlags(show)
  return withExamples(new Command(), [
    ['iops config show', 'every setting'],
    ['iops config show --origin', 'and who won'],
  ])
    .description(
      `Flags win over IOPS_* variables, these over a profile of the config file, that over the defaults.
The file is ${configPath(io.env)}:

  profile = "prod"                  # the one to take, unless --profile or IOPS_PROFILE says otherwise

  [profiles.prod]
  url = "https://ops.example/prod"
  token_command = "pass show iops"  # or token_file = "~/.config/iops/token"`,
    )
    .addCommand(show)
}

export async function runConfigShow(options: ConfigShowOptions, io: Io): Promise<void> {
  const config = await readConfig(settingFlags({ ...options }), io.env)
  const rows = settingNames.map((name) => [name, config[name]] as const)
  const choice = chooseToken(config, io.env)
  // Where it comes from, never what it is.
  const token = [
    'token',
    choice && {
      value: choice.withheld === undefined ? '(hidden)' : '(withheld)',
      origin: choice.withheld ?? choice.origin,
    },
  ] as const
  if (options.json) {
    await writeOut(io, `${jsonSafe(JSON.stringify(Object.fromEntries([...rows, token])))}\n`)
    return
  }
  for (const [name, setting] of [...rows, token]) {
    const value = sanitize(setting?.value ?? '-')
    const origin = setting === undefined ? 'not set' : sanitize(setting.origin)
    await writeOut(io, `${name.padEnd(13)}  ${options.origin ? `${value.padEnd(28)}  ${origin}` : value}\n`)
  }
}
