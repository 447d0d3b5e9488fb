import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import type { MapTestOptions } from './map/map-test-options.ts'
import { withExamples } from './shared/examples.ts'

export function mapCommand(io: Io, run = runMapTest): Command {
  const test = withExamples(new Command('test'), [
    ['iops map test sources.toml < payload.json', 'the insight, and what of the payload was left over'],
    ['iops map test sources.toml --source eventbridge --json < payload.json', 'one source of several'],
  ])
    .description(
      'Shows what a source makes of a payload on stdin. Nothing is sent. Exit code 1 where an alert is refused.',
    )
    .argument('<file>', 'file of [sources.NAME]')
    .option('--source <name>', 'which source of the file')
    .option('--json', 'one object of {source, alerts}')
    .action((file: string, options: Omit<MapTestOptions, 'file'>) => run({ ...options, file }, io))
  return withExamples(new Command(), [
    ['iops map test sources.toml < payload.json', 'try it'],
    ['iops serve --sources sources.toml', 'then serve it at POST /integrations/NAME'],
  ])
    .description(
      String.raw`Describes senders of alerts that iops doesn't know, in a TOML file:

  [sources.eventbridge]
  entity_id = "detail.instance-id"           # a dotted path; \. is a dot in a name, 0 the first of an array
  explanation = ["detail.text", "detail-type"]   # the first of them that is there
  prediction_type = { value = "ec2" }        # a constant
  timestamp = "time"                         # RFC 3339, or seconds or milliseconds since 1970
  alert_id = "id"                            # without: the alert's content
  severity = "detail.level"                  # or risk_score, 0-100
  status = "detail.state"
  labels = { region = "region" }

  [sources.eventbridge.severities]           # beside the usual words
  ticket = 40

  [sources.eventbridge.statuses]             # open, acknowledged or resolved; an unknown word is open
  running = "resolved"

each = "records" is where the alerts stand, if the body isn't one or an array of them. A table [severity] holds
words for every source.`,
    )
    .addCommand(test)
}

async function runMapTest(options: MapTestOptions, io: Io): Promise<void> {
  const { runMapTest } = await import('./map/run-map-test.ts')
  await runMapTest(options, io)
}
