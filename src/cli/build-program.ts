import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { type CommandName, commandTable } from './command-table.ts'
import { version } from '../version.ts'

/** Makes a command, for commander to parse. */
export type CommandFactory = (io: Io) => Command

/** The program with the wanted command loaded, the others by name only; completion needs all. */
export async function buildProgram(
  wanted: string | undefined,
  io: Io,
  load: (name: CommandName) => Promise<CommandFactory>,
): Promise<Command> {
  const program = new Command('iops')
    .usage('<command> [flags]')
    .description('A feed of risk-scored alerts, served and shown live in a terminal.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'help for iops, or for one command')
    .helpCommand('help [command]', 'help for one command')
    .addHelpText('before', leadingExamples)
    .addHelpText('after', '\nEvery command has its own help and examples: iops watch --help')
  for (const name of Object.keys(commandTable) as CommandName[]) {
    const { summary, group } = commandTable[name]
    const needed = name === wanted || wanted === 'completion'
    const command = needed ? (await load(name))(io).name(name) : new Command(name)
    program.addCommand(command.summary(summary).helpGroup(`${group}:`))
  }
  configure(program, io)
  return program
}

const leadingExamples = `Examples:
  iops demo                                      try it, all in one terminal
  iops serve --store file:./iops-data            run a server on port 4677
  iops publish --entity cust_17 --risk 91        publish an alert into it
  iops watch                                     the live dashboard
  iops watch --url https://ops.example --filter 'severity:critical'
  iops recent --since 2h --json | jq '.[].entity_id'
`

function configure(command: Command, io: Io): void {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'iops: ').replace(/\n\((Did you mean .*)\)/, '. $1')),
      getOutHelpWidth: () => Math.min(io.stdout.columns || 100, 120),
    })
  for (const child of command.commands) configure(child, io)
}
