import { Command } from 'commander'
import { UnreadableNotices } from '../client/unreadable-notices.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { encodeInsight } from '../protocol/insight/encode.ts'
import { jsonSafe } from '../text/sanitize.ts'
import { appearance } from './shared/appearance.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './shared/connection-flags.ts'
import { nameUnreadable } from './shared/name-unreadable.ts'
import { findAlert } from './shared/find-alert.ts'
import { withExamples } from './shared/examples.ts'

export interface GetOptions extends ConnectionFlags {
  readonly id: string
  readonly json?: boolean
  readonly ascii?: boolean
}

export function getCommand(io: Io, run = runGet): Command {
  const command = withExamples(new Command(), [
    ['iops get 0199f5a2-7c1e-7e0b-9f3d-3b8c1f0e6a55', 'every field, for people'],
    ['iops get --json -- "$ID" | jq .risk_score', 'the insight itself'],
  ])
    .description('Shows the latest version of one insight.')
    .argument('<id>', 'its alert_id, or enough of its beginning')
    .option('--json', 'as JSON, on one line')
    .option('--ascii', 'ASCII only; the default where the locale is not UTF-8')
  return withConnectionFlags(command).action((id: string, flags: Omit<GetOptions, 'id'>) =>
    run({ ...flags, id }, io),
  )
}

export async function runGet(options: GetOptions, io: Io): Promise<void> {
  const { id } = options
  if (id === '') throw new Failure('usage', 'the alert_id is empty')
  const insight = await withApi(options, io, async (api) => {
    const exact = await api.get(id)
    if (exact) return exact
    const found = await findAlert(api, id)
    return found === undefined ? undefined : api.get(found)
  })
  if (insight === undefined)
    throw new Failure('failed', `there is no insight ${id}`, { hint: '"iops recent" lists the latest.' })
  nameUnreadable(insight, new UnreadableNotices(), io)
  if (options.json) return writeOut(io, `${jsonSafe(encodeInsight(insight))}\n`)
  const { describeInsight } = await import('./get/describe-insight.ts')
  await writeOut(io, describeInsight(insight, appearance(io, options)))
}
