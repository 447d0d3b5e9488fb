import { Command } from 'commander'
import type { Io } from './program/io.ts'
import { version } from './version.ts'

interface Entry {
  readonly summary: string
  readonly group: string
  /** Loads the command's file, and nothing of the others'. */
  readonly load: () => Promise<(io: Io) => Command>
  /** Runs until a signal comes: that is its good end, not an interruption. */
  readonly daemon?: true
  /** Changes something at the server: that is not to be left half done because nobody reads on (`| head -1`). */
  readonly outlivesPipe?: true
}

const see = 'See the feed'
const feed = 'Put something on it'
const run = 'Run it'
const setUp = 'Set up'

export const commands: Readonly<Record<string, Entry>> = {
  watch: {
    summary: 'the live dashboard; lines where stdout is no terminal, --json for NDJSON',
    group: see,
    load: async () => (await import('./commands/watch.ts')).watchCommand,
  },
  recent: {
    summary: 'the latest insights, as a table or JSON',
    group: see,
    load: async () => (await import('./commands/recent.ts')).recentCommand,
  },
  get: {
    summary: 'one insight',
    group: see,
    load: async () => (await import('./commands/get.ts')).getCommand,
  },
  stats: {
    summary: 'totals and risk by type and time',
    group: see,
    load: async () => (await import('./commands/stats.ts')).statsCommand,
  },
  publish: {
    summary: 'publish insights from flags, a file or stdin',
    group: feed,
    load: async () => (await import('./commands/publish.ts')).publishCommand,
    outlivesPipe: true,
  },
  ack: {
    summary: 'acknowledge alerts: somebody is on it',
    group: feed,
    load: async () => (await import('./commands/ack.ts')).ackCommand,
    outlivesPipe: true,
  },
  resolve: {
    summary: 'resolve alerts: it is over',
    group: feed,
    load: async () => (await import('./commands/resolve.ts')).resolveCommand,
    outlivesPipe: true,
  },
  simulate: {
    summary: 'post a realistic feed to a server',
    group: feed,
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  demo: {
    summary: 'try it: a server, a realistic feed and the dashboard, nothing left behind',
    group: run,
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  store: {
    summary: 'create the tables of a DynamoDB store',
    group: run,
    load: async () => (await import('./commands/store.ts')).storeCommand,
  },
  map: {
    summary: 'try a file of sources of your own on a payload',
    group: run,
    load: async () => (await import('./commands/map.ts')).mapCommand,
  },
  serve: {
    summary: 'the server: REST, event stream, ingest',
    group: run,
    load: async () => (await import('./commands/serve.ts')).serveCommand,
    daemon: true,
  },
  journal: {
    summary: 'check, back up, restore and compact a journal',
    group: run,
    load: async () => (await import('./commands/journal.ts')).journalCommand,
  },
  doctor: {
    summary: 'is this URL a healthy event stream?',
    group: run,
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  config: {
    summary: 'what is configured, and where it comes from',
    group: setUp,
    load: async () => (await import('./commands/config.ts')).configCommand,
  },
  completion: {
    summary: 'completion for bash, zsh or fish',
    group: setUp,
    load: async () => (await import('./commands/completion.ts')).completionCommand,
  },
}

/** The program with the wanted command loaded, the others by name only; completion needs all. */
export async function buildProgram(wanted: string | undefined, io: Io): Promise<Command> {
  const program = new Command('iops')
    .usage('<command> [flags]')
    .description('A feed of risk-scored alerts, served and shown live in a terminal.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'help for iops, or for one command')
    .helpCommand('help [command]', 'help for one command')
    .addHelpText('before', leadingExamples)
    .addHelpText('after', '\nEvery command has its own help and examples: iops watch --help')
  for (const [name, { summary, group, load }] of Object.entries(commands)) {
    const needed = name === wanted || wanted === 'completion'
    const command = needed ? (await load())(io).name(name) : new Command(name)
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
