interface CommandEntry {
  readonly summary: string
  readonly group: string
  /** Has to start as fast as can be, as scripts call it: it is bundled into one file, see `fast.ts`. */
  readonly fast?: true
  /** Runs until a signal comes: that is its good end, not an interruption. */
  readonly daemon?: true
  /** Changes something at the server: that is not to be left half done because nobody reads on (`| head -1`). */
  readonly outlivesPipe?: true
}

const see = 'See the feed'
const feed = 'Put something on it'
const run = 'Run it'
const setUp = 'Set up'

export const commandTable = {
  watch: {
    summary: 'the live dashboard; lines where stdout is no terminal, --json for NDJSON',
    group: see,
  },
  recent: {
    summary: 'the latest insights, as a table or JSON',
    group: see,
    fast: true,
  },
  get: {
    summary: 'one insight',
    group: see,
    fast: true,
  },
  stats: {
    summary: 'totals and risk by type and time',
    group: see,
    fast: true,
  },
  publish: {
    summary: 'publish insights from flags, a file or stdin',
    group: feed,
    fast: true,
    outlivesPipe: true,
  },
  ack: {
    summary: 'acknowledge alerts: somebody is on it',
    group: feed,
    fast: true,
    outlivesPipe: true,
  },
  resolve: {
    summary: 'resolve alerts: it is over',
    group: feed,
    fast: true,
    outlivesPipe: true,
  },
  reopen: {
    summary: 'open alerts again: it is not over, or nobody is on it',
    group: feed,
    fast: true,
    outlivesPipe: true,
  },
  simulate: {
    summary: 'post a realistic feed to a server',
    group: feed,
  },
  demo: {
    summary: 'try it: a server, a realistic feed and the dashboard, nothing left behind',
    group: run,
  },
  store: {
    summary: 'create the tables of a DynamoDB store',
    group: run,
  },
  map: {
    summary: 'try a file of sources of your own on a payload',
    group: run,
  },
  serve: {
    summary: 'the server: REST, event stream, ingest',
    group: run,
    daemon: true,
  },
  journal: {
    summary: 'check, back up, restore and compact a journal',
    group: run,
  },
  doctor: {
    summary: 'is this URL a healthy event stream?',
    group: run,
  },
  config: {
    summary: 'what is configured, and where it comes from',
    group: setUp,
  },
  completion: {
    summary: 'completion for bash, zsh or fish',
    group: setUp,
  },
  version: {
    summary: 'the version, as --version prints it',
    group: setUp,
  },
} as const satisfies Readonly<Record<string, CommandEntry>>

export type CommandName = keyof typeof commandTable

/** Undefined for what is no command. */
export const commandEntry = (name: string | undefined): CommandEntry | undefined =>
  name !== undefined && Object.hasOwn(commandTable, name) ? commandTable[name as CommandName] : undefined
