import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import type { Aggregations } from '../protocol/answers.ts'
import type { Filter } from '../protocol/filter/filter.ts'
import { parseTimestamp } from '../protocol/time/timestamp.ts'
import { dateText, sparkline, wholeNumber } from '../text/format.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { riskText } from '../text/words.ts'
import { type Appearance, appearance } from './shared/appearance.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { filter, instant } from './shared/flags.ts'

export interface StatsOptions extends ConnectionFlags {
  /** RFC 3339. */
  readonly since?: string
  readonly filter?: Filter
  readonly json?: boolean
  readonly ascii?: boolean
}

export function statsCommand(io: Io, run = runStats): Command {
  const command = withExamples(new Command(), [
    ['iops stats --since today', 'totals of today'],
    ["iops stats --since 1h -f 'type:churn_risk'", 'of one type'],
    ['iops stats --json | jq .critical', 'for a program'],
  ])
    .description('Shows totals and risk by type, status and time.')
    .option('--since <when>', "10m, '1h ago', yesterday, 14:00, RFC 3339 or an epoch", instant(io.now))
    .option('-f, --filter <filter>', "such as 'severity>=warning type:churn_risk'", filter)
    .option('--json', 'one object')
    .option('--ascii', 'ASCII only; the default where the locale is not UTF-8')
  return withConnectionFlags(command).action((options: StatsOptions) => run(options, io))
}

export async function runStats(options: StatsOptions, io: Io): Promise<void> {
  const { since, filter } = options
  const totals = await withApi(options, io, (api) => api.aggregations({ since, filter: filter?.text }))
  const text = options.json
    ? `${jsonSafe(JSON.stringify(totals))}\n`
    : describe(totals, appearance(io, options))
  await writeOut(io, text)
}

function describe(totals: Aggregations, { glyphs }: Appearance): string {
  const { total, critical, warning, info, avgRisk, byType, byStatus = {}, buckets = [] } = totals
  const counts: [string, string][] = [
    ['total', wholeNumber(total)],
    ['critical', wholeNumber(critical)],
    ...(warning === undefined ? [] : [['warning', wholeNumber(warning)] as [string, string]]),
    ...(info === undefined ? [] : [['info', wholeNumber(info)] as [string, string]]),
    ['average risk', riskText(avgRisk)],
  ]
  const sections = [lines(counts), lines(ranked(byType)), lines(ranked(byStatus))]
  const first = buckets[0]
  if (first !== undefined && buckets.some((bucket) => bucket.total > 0)) {
    const start = parseTimestamp(first.start)
    const from = start === undefined ? sanitize(first.start) : dateText(start, false)
    const bars = (read: (bucket: (typeof buckets)[number]) => number) =>
      sparkline(buckets.map(read), glyphs.levels)
    sections.push(
      lines([
        [`since ${from}`, ''],
        ['all', bars((bucket) => bucket.total)],
        ['critical', bars((bucket) => bucket.critical)],
      ]),
    )
  }
  return sections.filter((section) => section !== '').join('\n')
}

const ranked = (record: Readonly<Record<string, number>>): [string, string][] =>
  Object.entries(record)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => [sanitize(name), wholeNumber(count)])

const lines = (rows: readonly (readonly [string, string])[]) =>
  rows.map(([name, value]) => `${name.padEnd(16)}  ${value}`.trimEnd() + '\n').join('')
