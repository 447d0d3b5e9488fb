import type { Command } from 'commander'

/** The flags of every command that shows something to people. */
export function withLookFlags(command: Command): Command {
  return command
    .addOption(
      command
        .createOption('--color <when>', 'auto, always or never; NO_COLOR and FORCE_COLOR are heard')
        .choices(['auto', 'always', 'never']),
    )
    .option('--ascii', 'ASCII only; the default where the locale is not UTF-8')
}
