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
import { findAlert } from './find-alert.ts'
import { duration } from './flags.ts'
import { stdinLines } from './stdin-text.ts'
import { userName } from './user-name.ts'

export interface StatusChangeOptions extends ConnectionFlags {
  /** In order; `-` stands for those on stdin, one a line. */
  readonly ids: readonly string[]
  readonly status: Status
  /** Who did it; the configured name, or the user's, without. */
  readonly by?: string
  /** Stays with the alert; an empty one takes it away. */
  readonly note?: string
  /** How long an acknowledgement holds, in milliseconds; for ever without. */
  readonly for?: number
  readonly json?: boolean
}

interface Flags extends ConnectionFlags, Pick<StatusChangeOptions, 'by' | 'note' | 'for' | 'json'> {}

/** What tells `ack`, `resolve` and `reopen` apart. */
interface Verb {
  readonly name: string
  readonly status: Status
  readonly summary: string
}

const ackForExample = [
  "iops ack --for 2h --note 'waiting for the vendor' 0199f5a2-7c1e-7e0b-9f3d-3b8c1f0e6a55",
  'until then',
] as const

export function statusChangeCommand(
  io: Io,
  { name, status, summary }: Verb,
  run: typeof runStatusChange = runStatusChange,
): Command {
  const command = withExamples(new Command(), [
    [`iops ${name} 0199f5a2-7c1e-7e0b-9f3d-3b8c1f0e6a55`, 'one alert, in your name'],
    [`iops ${name} --by 'night shift' -- "$A" "$B"`, 'several, in another one'],
    ...(status === 'acknowledged' ? [ackForExample] : []),
    [`iops recent -f type:canary --json | jq -r '.[].alert_id' | iops ${name} -`, 'what a filter finds'],
  ])
    .description(`${summary} Everybody who watches sees it, with who and when.`)
    .argument(
      '<ids...>',
      'their alert_ids, or enough of the beginning of each; "-" reads whole ones them from stdin, one a line',
    )
    .option('--by <name>', 'who did it (IOPS_BY; your user name)')
    .option('--note <text>', "stays with the alert until another one takes its place; '' takes it away")
  if (status === 'acknowledged')
    command.option('--for <time>', 'how long it holds, such as 2h; then the alert is open again', duration)
  command.option('--json', 'print the new version of each, one a line')
  return withConnectionFlags(command).action((ids: string[], flags: Flags) => {
    const { by, note, json, for: length } = flags
    if (by?.trim() === '') throw new Failure('usage', '--by has no name')
    return run(
      {
        ...connectionFlags(flags),
        ids,
        status,
        ...(by !== undefined && { by }),
        ...(note !== undefined && { note }),
        ...(length !== undefined && { for: length }),
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
    for await (const { id, isTyped } of allIds(options.ids, io)) {
      count++
      const failure = await changeOne(api, id, { ...options, by, isTyped }, io)
      if (failure === undefined) continue
      if (isAlone) throw failure
      failures++
      io.stderr.write(`iops: ${sanitize(failure.message)}\n`)
    }
    if (failures > 0) throw new Failure('failed', `${failures} of ${count} could not be changed`)
  })
}

/** What a program gives is whole, or wrong; a person may have typed the beginning of an id. */
async function* allIds(ids: readonly string[], io: Io): AsyncGenerator<{ id: string; isTyped: boolean }> {
  for (const id of ids)
    if (id !== '-') yield { id, isTyped: true }
    else for await (const line of stdinLines(io)) yield { id: line, isTyped: false }
}

type OneChange = Pick<StatusChangeOptions, 'status' | 'note' | 'for' | 'json'> & {
  readonly by: string
  readonly isTyped: boolean
}

/** The failure where only this alert can't be changed. What holds for every alert is thrown. */
async function changeOne(
  api: Api,
  id: string,
  { status, by, note, for: length, json, isTyped }: OneChange,
  io: Io,
): Promise<Failure | undefined> {
  const change = {
    status,
    by,
    ...(note !== undefined && { note }),
    ...(length !== undefined && { acknowledged_until: new Date(io.now() + length).toISOString() }),
  }
  const changeBeginning = async (failure: unknown) => {
    const isUnknown = isTyped && isFailed(failure) && id !== '' && (await api.get(id)) === undefined
    const found = isUnknown ? await findAlert(api, id) : undefined
    if (found === undefined) throw failure
    return api.setStatus(found, change)
  }
  try {
    const { insight } = await api.setStatus(id, change).catch(changeBeginning)
    await writeOut(
      io,
      `${json ? jsonSafe(encodeInsight(insight)) : `${status}  ${sanitize(insight.alert_id)}`}\n`,
    )
    return undefined
  } catch (error) {
    // Not allowed here is not allowed anywhere, and an unreachable server stays away.
    if (!isFailed(error)) throw error
    return new Failure('failed', `${id || '""'}: ${error.message}`, { cause: error })
  }
}

const isFailed = (error: unknown): error is Failure => error instanceof Failure && error.reason === 'failed'
