import { Command } from 'commander'
import { UnreadableNotices } from '../client/unreadable-notices.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { encodeInsight } from '../protocol/insight/encode.ts'
import type { Insight } from '../protocol/insight/insight.ts'
import { Unreadable } from '../protocol/insight/unreadable.ts'
import { severityOfInsight } from '../protocol/severity.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../text/width.ts'
import { riskText, severityText, statusText, unknownText } from '../text/words.ts'
import { type Appearance, appearance } from './shared/appearance.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './shared/connection-flags.ts'
import { nameUnreadable } from './shared/name-unreadable.ts'
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
    .argument('<id>', 'its alert_id')
    .option('--json', 'as JSON, on one line')
    .option('--ascii', 'ASCII only; the default where the locale is not UTF-8')
  return withConnectionFlags(command).action((id: string, flags: Omit<GetOptions, 'id'>) =>
    run({ ...flags, id }, io),
  )
}

export async function runGet(options: GetOptions, io: Io): Promise<void> {
  const { id } = options
  if (id === '') throw new Failure('usage', 'the alert_id is empty')
  const insight = await withApi(options, io, (api) => api.get(id))
  if (insight === undefined)
    throw new Failure('failed', `there is no insight ${id}`, { hint: '"iops recent" lists the latest.' })
  nameUnreadable(insight, new UnreadableNotices(), io)
  const text = options.json
    ? `${jsonSafe(encodeInsight(insight))}\n`
    : describe(insight, appearance(io, options))
  await writeOut(io, text)
}

/** A field of a newer server may have any name. */
const maxName = 40

/** `name  value` lines, in the order of the fields; a list takes a line an item. */
function describe(insight: Insight, { glyphs }: Appearance): string {
  const risk = `${riskText(insight.risk_score)} ${severityText(severityOfInsight(insight), glyphs)}`
  const shown = { ...insight, risk_score: risk, status: statusText(insight.status) }
  const rows = Object.entries(shown).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    if (value instanceof Unreadable) return [[name, unknownText]]
    if (Array.isArray(value)) return value.map((item, index) => [index === 0 ? name : '', fieldText(item)])
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).map(([key, inner], index) => [
        index === 0 ? name : '',
        `${sanitize(key)}: ${fieldText(inner)}`,
      ])
    return [[name, fieldText(value)]]
  })
  const names = rows.map(([name]) => truncate(sanitize(name), maxName))
  const width = Math.max(...names.map(displayWidth))
  return rows.map(([, value], at) => `${padEnd(names[at] ?? '', width)}  ${value}`.trimEnd() + '\n').join('')
}

const fieldText = (value: unknown) => sanitize(typeof value === 'string' ? value : JSON.stringify(value))
