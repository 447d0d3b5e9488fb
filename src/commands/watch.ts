import { Command, InvalidArgumentError } from 'commander'
import type { Connection } from '../client/connection.ts'
import type { Io } from '../program/io.ts'
import type { Filter } from '../protocol/filter/filter.ts'
import { type TakenTerminal, takeTerminal } from '../ui/screen/take-terminal.ts'
import { appearance } from './shared/appearance.ts'
import { openConnection, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { duration, filter, instant, wholeNumber } from './shared/flags.ts'
import { withLookFlags } from './shared/look-flags.ts'
import { expectation } from './watch/silence/expectation.ts'
import { type WatchFlags, type WatchOptions, watchOptions } from './watch/watch-options.ts'

export function watchCommand(io: Io, run = runWatch): Command {
  const command = withExamples(new Command(), [
    ['iops watch', 'the dashboard; ? shows its keys, q quits'],
    ["iops watch --url https://ops.example/prod -f 'severity>=warning -type:canary'", 'a narrower one'],
    ['iops watch --json | jq -r .explanation', 'NDJSON, each event as it comes'],
    ["iops watch --until 'id:deploy-42 status:resolved' --timeout 10m", 'wait for one thing: exit 0, or 124'],
    ["iops watch --fail-on 'severity:critical' --timeout 10m", 'a gate: exit 3 if it comes, else 0'],
    [
      "iops watch --resume=pager -f severity:critical --exec './page-me.sh'",
      'run something for each, none left out',
    ],
  ])
    .description(
      'Shows the feed live. It reconnects by itself, resumes where it was cut, and shows each alert once.\nWhere stdout is no terminal it writes one line for each alert; messages about the connection go to stderr.',
    )
    .option('-f, --filter <filter>', "such as 'severity>=warning type:churn_risk'", filter)
    .option('-n, --limit <n>', 'how many alerts it starts with', wholeNumber(0, 1000))
    .option('--since <when>', 'start with all that is not older: 10m, 2d, today, RFC 3339', instant(io.now))
    .option(
      '--resume [name]',
      'start after the last alert that was handled: that stdout took, that --exec ended well for or gave up; each URL and filter has a position of its own, and so has each name (--resume=pager)',
    )
    .option('--max-attempts <n>', 'give up after so many failed attempts (never)', wholeNumber(1, 1_000_000))
  const output = (flags: string, description: string) =>
    command.createOption(flags, description).helpGroup('Output:')
  command
    .addOption(output('--plain', 'one line for each alert, also on a terminal'))
    .addOption(output('--json', 'one insight a line; never depends on the terminal'))
    .addOption(
      output('--screen-reader', 'one plain line for each change; ? and Enter tells its keys (ACCESSIBLE=1)'),
    )
  const handler = (flags: string, description: string) =>
    command.createOption(flags, description).helpGroup('Handlers:')
  command
    .addOption(
      handler(
        '--exec <command>',
        'run it for each alert: the insight on stdin and in IOPS_*; what it prints goes to stderr',
      ),
    )
    .addOption(
      handler('--exec-jobs <n>', 'so many at once; those of one alert stay in order (1)').argParser(
        wholeNumber(1, 256),
      ),
    )
    .addOption(
      handler(
        '--exec-retries <n>',
        'after a failure try again so often (3), then name the alert, go on, and exit 1 at the end',
      ).argParser(wholeNumber(0, 1000)),
    )
    .addOption(
      handler('--exec-timeout <time>', 'a run that takes longer is ended, and has failed (never)').argParser(
        duration,
      ),
    )
  command.addOption(
    handler(
      '--expect <time[:filter]>',
      'say on stderr when nothing that matches comes for so long (5m:type:heartbeat), and when it is back, and run --exec for both; repeatable',
    ).argParser(expectation),
  )
  const end = (flags: string, description: string) =>
    command.createOption(flags, description).helpGroup('When to end:')
  command
    .addOption(
      end(
        '--until <filter>',
        'end well when an alert matches that comes after the start, or since --since',
      ).argParser(condition),
    )
    .addOption(
      end('--fail-on <filter>', 'end with exit code 3 when one matches; where both do, this one').argParser(
        condition,
      ),
    )
    .addOption(end('--fail-on-silence', 'end with exit code 3 when something stays out that --expect names'))
    .addOption(end('--count <n>', 'end well after so many alerts').argParser(wholeNumber(1, 1_000_000_000)))
    .addOption(
      end('--timeout <time>', 'end with exit code 124 after so long; 0 with --fail-on alone').argParser(
        duration,
      ),
    )
  return withConnectionFlags(withLookFlags(command)).action((flags: WatchFlags) =>
    run(watchOptions(flags, io), io),
  )
}

function condition(text: string): Filter {
  const parsed = filter(text)
  if (parsed.key !== '') return parsed
  throw new InvalidArgumentError('It is empty, and would match everything.')
}

/** Watches the configured server. */
export async function runWatch(options: WatchOptions, io: Io): Promise<void> {
  let taken: TakenTerminal | undefined
  const take = () =>
    (taken = options.shape === 'dashboard' ? takeTerminal(io, appearance(io, options).ascii) : undefined)
  try {
    const { connection, config } = await openConnection({ ...options }, io, take)
    const color = config.color?.value
    const by = config.by?.value
    try {
      await watchFeed({ ...options, color, by, taken }, connection, io)
    } finally {
      await connection.close()
    }
  } finally {
    taken?.giveBack()
  }
}

/** The dashboard, or lines where it can't be shown. */
export async function watchFeed(options: WatchOptions, connection: Connection, io: Io): Promise<void> {
  if (options.shape === 'plain' || options.shape === 'json') {
    const { follow } = await import('./watch/follow.ts')
    await follow(options, connection, io)
  } else {
    const { watchDashboard } = await import('./watch/dashboard.ts')
    await watchDashboard(options, connection, io)
  }
}
