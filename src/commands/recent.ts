import { Command } from 'commander'
import type { Api } from '../client/api/api.ts'
import type { Io } from '../program/io.ts'
import type { Filter } from '../protocol/filter/filter.ts'
import type { Insight } from '../protocol/insight/insight.ts'
import { jsonSafe } from '../text/sanitize.ts'
import { appearance } from './shared/appearance.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { filter, instant, wholeNumber } from './shared/flags.ts'
import { insightColumns } from './shared/insight-columns.ts'
import { tableLines } from './shared/table.ts'
import { withLookFlags } from './shared/look-flags.ts'

interface Options extends ConnectionFlags {
  readonly limit: number
  readonly since?: string
  readonly until?: string
  readonly filter?: Filter
  readonly all?: boolean
  readonly json?: boolean
  readonly ndjson?: boolean
  readonly color?: string
  readonly ascii?: boolean
}

export function recentCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops recent', 'the latest 50, newest first'],
    ["iops recent --since 2h --filter 'severity>=warning'", 'what was bad since'],
    ["iops recent --json | jq '.[].entity_id'", 'one array'],
    ['iops recent --all --since today --ndjson > today.ndjson', 'every page, one insight a line'],
  ])
    .description('Shows the latest version of the latest insights, newest first.')
    .option('-n, --limit <n>', 'how many', wholeNumber(1, 1_000_000), 50)
    .option('--since <when>', '10m, 2d, today, RFC 3339 or an epoch', instant(io.now))
    .option('--until <when>', 'what came before then', instant(io.now))
    .option('-f, --filter <filter>', "such as 'severity>=warning type:churn_risk'", filter)
    .option('--all', 'every page, without a limit')
    .option('--json', 'one array')
    .option('--ndjson', 'one insight a line')
  return withConnectionFlags(withLookFlags(command)).action((options: Options) => recent(options, io))
}

async function recent(options: Options, io: Io): Promise<void> {
  await withApi(options, io, async (api, config) => {
    const insights = pages(api, options)
    // With it comes zod: help and a wrong flag don't wait for it.
    const { encodeInsight } = await import('../protocol/insight/insight.ts')
    if (options.ndjson) {
      for await (const page of insights)
        io.stdout.write(page.map((insight) => `${jsonSafe(encodeInsight(insight))}\n`).join(''))
    } else if (options.json) {
      let opening = '['
      for await (const page of insights)
        for (const insight of page) {
          io.stdout.write(`${opening}\n${jsonSafe(encodeInsight(insight))}`)
          opening = ','
        }
      io.stdout.write(opening === '[' ? '[]\n' : '\n]\n')
    } else {
      const rows: Insight[] = []
      for await (const page of insights) rows.push(...page)
      const look = appearance(io, { ...options, color: config.color?.value })
      const terminal = io.stdout.isTTY ?? false
      if (rows.length === 0) io.stderr.write('no insights match\n')
      else
        for (const line of tableLines(insightColumns(look, io.now(), terminal), rows, {
          width: (terminal && io.stdout.columns) || undefined,
          ellipsis: look.glyphs.ellipsis,
        }))
          io.stdout.write(`${line}\n`)
    }
  })
}

/** Page after page. An older server knows no ranges and no filters: what it sends is held against them here. */
async function* pages(api: Api, { limit, since, until, filter, all }: Options): AsyncGenerator<Insight[]> {
  const range = { since, until, filter: filter?.text }
  const wanted = (insight: Insight) =>
    (since === undefined || insight.timestamp >= since) &&
    (until === undefined || insight.timestamp < until) &&
    (filter === undefined || filter.matches(insight))
  let left = all ? Number.POSITIVE_INFINITY : limit
  let nextToken: string | undefined
  do {
    const page = await api.recent({ ...range, limit: Math.min(left, 1000), nextToken })
    const items = page.items.filter(wanted).slice(0, left)
    left -= items.length
    yield items
    nextToken = page.nextToken ?? undefined
  } while (left > 0 && nextToken !== undefined)
}
