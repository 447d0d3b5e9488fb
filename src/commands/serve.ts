import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { toOptions } from './serve/serve-options.ts'
import { defaultStore } from './shared/default-store.ts'
import { withExamples } from './shared/examples.ts'
import { collect } from './shared/flags.ts'

export function serveCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops serve', 'on http://127.0.0.1:4677, over a journal in your data folder'],
    ['iops serve --store file:./iops-data --retain-age 30d', 'a journal of your own'],
    [
      'iops serve --store dynamodb://insights --host 0.0.0.0 --token-file token',
      'one of many, over one table',
    ],
    ['iops serve --cors-origin https://ops.example', 'pages of that origin may acknowledge, too'],
  ])
  return command
    .description('Runs the server: REST, event stream, ingest. Ctrl-C ends it cleanly.')
    .option('--host <address>', 'address to listen on; beyond this machine only with a token', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', '4677')
    .option('--store <address>', 'DIR, file:DIR or dynamodb://TABLE', defaultStore(io))
    .option(
      '--retain-age <duration>',
      'drop what is older than this, like 30d, but for the latest version of what is not resolved',
    )
    .option(
      '--retain-count <number>',
      'keep about this many versions of insights: superseded ones go first, then what is resolved; the latest version of what is not resolved always stays',
    )
    .option('--repair', 'set damaged lines of the journal aside instead of refusing to start', false)
    .option('--token-file <path>', 'file with the bearer token that callers must send (or IOPS_SERVER_TOKEN)')
    .option(
      '--cors-origin <origin>',
      'let pages of this origin write as well, "*" for all; repeatable',
      collect,
    )
    .option(
      '--allow-host <name>',
      'answer to this name as well when listening on loopback; repeatable',
      collect,
    )
    .option('--severity-map <file>', 'what severity words mean: lines like P1 = "critical", ticket = 40')
    .option('--sources <file>', 'take other sources as its tables [sources.NAME] say; see "iops map --help"')
    .option(
      '--sns-topic <arn>',
      'take CloudWatch alarms of this SNS topic, and confirm its subscription; repeatable',
      collect,
    )
    .option(
      '--insecure',
      'listen beyond this machine without a token: anyone there may read and write',
      false,
    )
    .allowExcessArguments(false)
    .action(async (flags: Record<string, unknown>) => {
      const options = toOptions(flags, io.env)
      const { runServe } = await import('./serve/run-serve.ts')
      await runServe(options, io)
    })
}
