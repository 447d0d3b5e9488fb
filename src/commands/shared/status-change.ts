import { Command } from 'commander'
import type { Api } from '../../client/api/api.ts'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { writeOut } from '../../program/write-out.ts'
import { encodeInsight } from '../../protocol/insight/encode.ts'
import type { Status } from '../../protocol/status.ts'
import { jsonSafe, sanitize } from '../../text/sanitize.ts'
import { type ConnectionFlags, connectionFlags, withApi, withConnectionFlags } from './connection-flags.ts'
import { withExamples } from './examples.ts'
import { stdinLines } from './stdin-text.ts'
import { userName } from './user-name.ts'

export interface StatusChangeOptions extends ConnectionFlags {
  /** In order; `-` stands for those on stdin, one a line. */
  readonly ids: readonly string[]
  readonly status: Status
  /** Who did it; the configured name, or the user's, without. */
  readonly by?: string
  readonly json?: boolean
}

interface Flags extends ConnectionFlags {
  readonly by?: string
  readonly json?: boolean
}

/** What tells `ack` and `resolve` apart. */
interface Verb {
  readonly name: string
  readonly status: Status
  readonly summary: string
}

export function statusChangeCommand(
  io: Io,
  { name, status, summary }: Verb,
  run: typeof runStatusChange = runStatusChange,
): Command {
  const command = withExamples(new Command(), [
    [`iops ${name} 0199f5a2-7c1e-7e0b-9f3d-3b8c1f0e6a55`, 'one alert, in your name'],
    [`iops ${name} --by 'night shift' -- "$A" "$B"`, 'several, in another one'],
    [`iops recent -f type:canary --json | jq -r '.[].alert_id' | iops ${name} -`, 'what a filter finds'],
  ])
    .description(`${summary} Everybody who watches sees it, with who and when.`)
    .argument('<ids...>', 'their alert_ids; "-" reads them from stdin, one a line')
    .option('--by <name>', 'who did it (IOPS_BY; your user name)')
    .option('--json', 'print the new version of each, one a line')
  return withConnectionFlags(command).action((ids: string[], flags: Flags) => {
    const { by, json } = flags
    return run(
      {
        ...connectionFlags(flags),
        ids,
        status,
        ...(by !== undefined && { by }),
        ...(json !== undefined && { json }),
      },
      io,
    )
  })
}

export async function runStatusChange(options: StatusChangeOptions, io: Io): Promise<void> {
  await withApi(options, io, async (api, config) => {
    const by = config.by?.value ?? userName(io)
    const isAlone = options.ids.length === 1 && options.ids[0] !== '-'
    let count = 0
    let failures = 0
    for await (const id of allIds(options.ids, io)) {
      count++
      const failure = await changeOne(api, id, { ...options, by }, io)
      if (failure === undefined) continue
      if (isAlone) throw failure
      failures++
      io.stderr.write(`iops: ${sanitize(failure.message)}\n`)
    }
    if (failures > 0) throw new Failure('failed', `${failures} of ${count} could not be changed`)
  })
}

async function* allIds(ids: readonly string[], io: Io): AsyncGenerator<string> {
  for (const id of ids)
    if (id === '-') yield* stdinLines(io)
    else yield id
}

type OneChange = Pick<StatusChangeOptions, 'status' | 'json'> & { readonly by: string }

/** The failure where only this alert can't be changed. What holds for every alert is thrown. */
async function changeOne(
  api: Api,
  id: string,
  { status, by, json }: OneChange,
  io: Io,
): Promise<Failure | undefined> {
  try {
    const { insight } = await api.setStatus(id, { status, by })
    await writeOut(io, `${json ? jsonSafe(encodeInsight(insight)) : `${status}  ${sanitize(id)}`}\n`)
    return undefined
  } catch (error) {
    // Not allowed here is not allowed anywhere, and an unreachable server stays away.
    if (!(error instanceof Failure) || error.reason !== 'failed') throw error
    return new Failure('failed', `${id || '""'}: ${error.message}`, { cause: error })
  }
}
