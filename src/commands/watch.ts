import { Command, InvalidArgumentError } from 'commander'
import type { Connection } from '../client/connection.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import type { Filter } from '../protocol/filter/filter.ts'
import { type TakenTerminal, takeTerminal } from '../ui/screen/take-terminal.ts'
import { type ConnectionFlags, openConnection, withConnectionFlags } from './shared/connection-flags.ts'
import { isForEars } from './watch/screen-reader.ts'
import { withExamples } from './shared/examples.ts'
import { duration, filter, instant, wholeNumber } from './shared/flags.ts'
import { appearance } from './shared/appearance.ts'
import { withLookFlags } from './shared/look-flags.ts'

export interface WatchFlags extends ConnectionFlags {
  readonly filter?: Filter
  readonly since?: string
  readonly limit?: number
  readonly plain?: boolean
  readonly json?: boolean
  readonly resume?: boolean
  readonly maxAttempts?: number
  /** Milliseconds. */
  readonly timeout?: number
  readonly until?: Filter
  readonly failOn?: Filter
  readonly count?: number
  readonly exec?: string
  readonly screenReader?: boolean
  readonly color?: string | undefined
  readonly ascii?: boolean
}

export function watchCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops watch', 'the dashboard; ? shows its keys, q quits'],
    ["iops watch --url https://ops.example/prod -f 'severity>=warning -type:canary'", 'a narrower one'],
    ['iops watch --json | jq -r .explanation', 'NDJSON, each event as it comes'],
    ["iops watch --until 'id:deploy-42 status:resolved' --timeout 10m", 'wait for one thing: exit 3, or 124'],
    ["iops watch -f severity:critical --limit 0 --exec './page-me.sh'", 'run something for each new one'],
  ])
    .description(
      'Shows the feed live. It reconnects by itself, resumes where it was cut, and shows each alert once.\nWhere stdout is no terminal it writes one line for each alert; words about the connection go to stderr.',
    )
    .option('-f, --filter <filter>', "such as 'severity>=warning type:churn_risk'", filter)
    .option('-n, --limit <n>', 'how many alerts it starts with', wholeNumber(0, 1000))
    .option('--since <when>', 'start with what is not older: 10m, 2d, today, RFC 3339', instant(io.now))
    .option('--resume', 'start where the last watch of this feed ended')
    .option('--max-attempts <n>', 'give up after so many failed attempts (never)', wholeNumber(1, 1_000_000))
  const output = (flags: string, words: string) => command.createOption(flags, words).helpGroup('Output:')
  command
    .addOption(output('--plain', 'one line for each alert, also on a terminal'))
    .addOption(output('--json', 'one insight a line; never depends on the terminal'))
    .addOption(
      output('--screen-reader', 'one plain line for each change; ? and Enter tells its keys (ACCESSIBLE=1)'),
    )
    .addOption(
      output('--exec <command>', 'run it for each alert, one at a time: the insight on stdin and in IOPS_*'),
    )
  const end = (flags: string, words: string) => command.createOption(flags, words).helpGroup('When to end:')
  command
    .addOption(end('--until <filter>', 'end with exit code 3 when an alert matches').argParser(condition))
    .addOption(end('--fail-on <filter>', 'the same, for what must not happen').argParser(condition))
    .addOption(end('--count <n>', 'end well after so many alerts').argParser(wholeNumber(1, 1_000_000_000)))
    .addOption(end('--timeout <time>', 'end with exit code 124 after so long').argParser(duration))
  return withConnectionFlags(withLookFlags(command)).action((flags: WatchFlags) => watch(flags, io))
}

function condition(text: string): Filter {
  const parsed = filter(text)
  if (parsed.text !== '') return parsed
  throw new InvalidArgumentError('It is empty, and would match everything.')
}

async function watch(flags: WatchFlags, io: Io): Promise<void> {
  if (flags.json && flags.plain) throw new Failure('usage', 'choose one of --json and --plain')
  let taken: TakenTerminal | undefined
  const take = () =>
    (taken = hasScreen(flags, io) ? takeTerminal(io, appearance(io, flags).ascii) : undefined)
  try {
    const { connection, config } = await openConnection({ ...flags }, io, take)
    const color = config.color?.value
    const by = config.by?.value
    try {
      await watchFeed({ ...flags, color, by, taken }, connection, io)
    } finally {
      await connection.close()
    }
  } finally {
    taken?.giveBack()
  }
}

export interface WatchOptions extends WatchFlags {
  /** Who acknowledges. */
  readonly by?: string | undefined
  /** Keeps no position: nothing can be resumed. */
  readonly temporary?: boolean
  /** The terminal, where it has been taken over already. */
  readonly taken?: TakenTerminal | undefined
}

/** The dashboard, or lines where it can't be shown. */
export async function watchFeed(options: WatchOptions, connection: Connection, io: Io): Promise<void> {
  if (wantsLines(options, io)) {
    const { follow } = await import('./watch/follow.ts')
    await follow(options, connection, io)
  } else {
    const { watchDashboard } = await import('./watch/dashboard.ts')
    await watchDashboard(options, connection, io)
  }
}

/** The dashboard needs a terminal on both ends, and somebody who looks at it. */
function wantsLines({ plain, json, exec, count }: WatchFlags, { stdin, stdout, env }: Io): boolean {
  const noScreen = !stdout.isTTY || !stdin.isTTY || env.TERM === 'dumb'
  return noScreen || Boolean(plain || json) || exec !== undefined || count !== undefined
}

/** Whether the terminal is to be taken over: the dashboard for ears leaves it as it is. */
export const hasScreen = (flags: WatchFlags, io: Io): boolean =>
  !wantsLines(flags, io) && !isForEars(flags, io)
