import { Command, CommanderError } from 'commander'
import { exitCodes, Failure } from './failure.ts'
import { createIo, type Io } from './io.ts'
import { version } from './version.ts'

interface Entry {
  readonly summary: string
  /** Loads the command's file, and nothing of the others'. */
  readonly load: () => Promise<(io: Io) => Command>
}

const commands: Readonly<Record<string, Entry>> = {
  serve: {
    summary: 'run the server: REST, event stream, ingest',
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
}

/** Runs one command line; resolves with the exit code. */
async function main(argv: readonly string[], io: Io): Promise<number> {
  const program = new Command('iops')
    .description('A feed of risk-scored alerts, served and shown live in a terminal.')
    .version(version, '-V, --version')
  const [wanted] = argv
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = name === wanted ? (await load())(io).name(name) : new Command(name)
    program.addCommand(command.summary(summary))
  }
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text),
      })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return explain(error, io)
  }
}

/** The one place that turns an error into words and an exit code. */
function explain(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  if (error instanceof Failure) {
    io.stderr.write(`iops: ${error.message}\n${error.hint ? `  ${error.hint}\n` : ''}`)
    return exitCodes[error.reason]
  }
  io.stderr.write(`iops: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exitCodes.failed
}

process.exitCode = await main(process.argv.slice(2), createIo(process))
