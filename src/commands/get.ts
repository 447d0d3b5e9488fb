import { Command } from 'commander'
import { UnreadableNotices } from '../client/unreadable-notices.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { encodeInsight, type Insight } from '../protocol/insight/insight.ts'
import { Unreadable } from '../protocol/insight/unreadable.ts'
import { severityOfInsight } from '../protocol/severity.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { displayWidth, padEnd, truncate } from '../text/width.ts'
import { riskText, severityText, statusText, unknownText } from '../text/words.ts'
import { type Appearance, appearance } from './shared/appearance.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './shared/connection-flags.ts'
import { nameUnreadable } from './shared/name-unreadable.ts'
import { withExamples } from './shared/examples.ts'

interface Options extends ConnectionFlags {
  readonly json?: boolean
  readonly ascii?: boolean
}

export function getCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops get 0199f5a2-7c1e-7e0b-9f3d-3b8c1f0e6a55', 'every field, for people'],
    ['iops get --json -- "$ID" | jq .risk_score', 'the insight itself'],
  ])
    .description('Shows the latest version of one insight.')
    .argument('<id>', 'its alert_id')
    .option('--json', 'as JSON, on one line')
    .option('--ascii', 'ASCII only; the default where the locale is not UTF-8')
  return withConnectionFlags(command).action((id: string, options: Options) => get(id, options, io))
}

async function get(id: string, options: Options, io: Io): Promise<void> {
  const insight = await withApi(options, io, (api) => api.get(id))
  if (insight === undefined)
    throw new Failure('failed', `there is no insight ${id}`, { hint: '"iops recent" lists the latest.' })
  nameUnreadable(insight, new UnreadableNotices(), io)
  if (options.json) io.stdout.write(`${jsonSafe(encodeInsight(insight))}\n`)
  else io.stdout.write(describe(insight, appearance(io, options)))
}

/** A field of a newer server may have any name. */
const mostName = 40

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
  const names = rows.map(([name]) => truncate(sanitize(name), mostName))
  const width = Math.max(...names.map(displayWidth))
  return rows.map(([, value], at) => `${padEnd(names[at] ?? '', width)}  ${value}`.trimEnd() + '\n').join('')
}

const fieldText = (value: unknown) => sanitize(typeof value === 'string' ? value : JSON.stringify(value))
