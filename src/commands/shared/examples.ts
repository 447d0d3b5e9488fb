import type { Command } from 'commander'

/** Help leads with what people came for: `[command line, what it does]` each. */
export function withExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length))
  const rows = examples.map(([line, effect]) => `  ${line.padEnd(width)}   ${effect}`.trimEnd())
  return command.addHelpText('before', `Examples:\n${rows.join('\n')}\n`)
}
