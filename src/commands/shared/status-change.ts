import { Command } from 'commander'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { encodeInsight, type Status } from '../../protocol/insight/insight.ts'
import { statusOrOpen } from '../../protocol/status.ts'
import { jsonSafe, sanitize } from '../../text/sanitize.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './connection-flags.ts'
import { withExamples } from './examples.ts'
import { userName } from './user-name.ts'

interface Options extends ConnectionFlags {
  readonly by?: string
  readonly json?: boolean
}

/** `ack` and `resolve` are one command with two words. */
export function statusChangeCommand(io: Io, verb: string, status: Status, summary: string): Command {
  const command = withExamples(new Command(), [
    [`iops ${verb} 0199f5a2-7c1e-7e0b-9f3d-3b8c1f0e6a55`, 'one alert, in your name'],
    [`iops ${verb} "$A" "$B" --by 'night shift'`, 'several, in another one'],
    [`iops recent -f type:canary --json | jq -r '.[].alert_id' | xargs iops ${verb}`, 'what a filter finds'],
  ])
    .description(`${summary} Everybody who watches sees it, with who and when.`)
    .argument('<ids...>', 'their alert_ids')
    .option('--by <name>', 'who did it (IOPS_BY; your user name)')
    .option('--json', 'print the new version of each, one a line')
  return withConnectionFlags(command).action((ids: string[], options: Options) =>
    changeStatus(ids, status, options, io),
  )
}

async function changeStatus(ids: string[], status: Status, options: Options, io: Io): Promise<void> {
  await withApi(options, io, async (api, config) => {
    const by = config.by?.value ?? userName(io)
    let failures = 0
    for (const id of ids)
      try {
        const { insight } = await api.setStatus(id, { status, by })
        const line = options.json
          ? jsonSafe(encodeInsight(insight))
          : `${statusOrOpen(insight.status)}  ${sanitize(id)}`
        io.stdout.write(`${line}\n`)
      } catch (error) {
        // Not allowed here is not allowed anywhere, and an unreachable server stays away.
        if (!(error instanceof Failure) || error.reason !== 'failed') throw error
        if (ids.length === 1) throw new Failure('failed', `${id}: ${error.message}`, { cause: error })
        io.stderr.write(`iops: ${sanitize(id)}: ${sanitize(error.message)}\n`)
        failures++
      }
    if (failures > 0) throw new Failure('failed', `${failures} of ${ids.length} could not be changed`)
  })
}
