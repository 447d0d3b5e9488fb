import { Command, Option } from 'commander'
import type { UnreadableItem } from '../client/api/api.ts'
import { UnreadableNotices } from '../client/unreadable-notices.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import type { Filter } from '../protocol/filter/filter.ts'
import { hasControls } from '../protocol/insight/checks.ts'
import { encodeInsight } from '../protocol/insight/encode.ts'
import type { Insight } from '../protocol/insight/insight.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { type PageItem, recentPages } from './recent/pages.ts'
import { reportUnreadable } from './recent/unreadable-items.ts'
import { type ConnectionFlags, withApi, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { filter, instant, wholeNumber } from './shared/flags.ts'
import { withLookFlags } from './shared/look-flags.ts'
import { nameUnreadable } from './shared/name-unreadable.ts'

export interface RecentOptions extends ConnectionFlags {
  readonly limit: number
  /** RFC 3339, as `until`. */
  readonly since?: string
  readonly until?: string
  readonly filter?: Filter
  readonly all?: boolean
  readonly json?: boolean
  readonly ndjson?: boolean
  /** Only the alert_ids, one a line. */
  readonly ids?: boolean
  /** `false` leaves the titles of the table out. */
  readonly headers?: boolean
  readonly color?: string
  readonly ascii?: boolean
}

export function recentCommand(io: Io, run = runRecent): Command {
  const command = withExamples(new Command(), [
    ['iops recent', 'the latest 50, newest first'],
    ["iops recent --since 2h --filter 'severity>=warning'", 'what was bad since'],
    ["iops recent --json | jq '.[].entity_id'", 'one array'],
    ['iops recent -q -f type:canary | iops resolve -', 'resolve what a filter finds'],
    ['iops recent --all --since today --ndjson > today.ndjson', 'every page, one insight a line'],
  ])
    .description('Shows the latest version of the latest insights, newest first.')
    .option('-n, --limit <n>', 'how many', wholeNumber(1, 1_000_000), 50)
    .option('--since <when>', "10m, '1h ago', yesterday, 14:00, RFC 3339 or an epoch", instant(io.now))
    .option('--before <when>', 'what came before then', instant(io.now))
    .addOption(new Option('--until <when>', 'the same as --before').argParser(instant(io.now)).hideHelp())
    .option('-f, --filter <filter>', "such as 'severity>=warning type:churn_risk'", filter)
    .option('--all', 'every page, without a limit')
    .option('--json', 'one array')
    .option('--ndjson', 'one insight a line')
    .option('-q, --ids', 'only the alert_ids, one a line, as "iops ack -" takes them')
    .option('--no-headers', 'the table without its titles')
  return withConnectionFlags(withLookFlags(command)).action((flags: RecentFlags) => run(toOptions(flags), io))
}

type RecentFlags = RecentOptions & { readonly before?: string }

function toOptions({ before, headers, ...others }: RecentFlags): RecentOptions {
  // Commander says `true` where nobody said anything.
  const options = headers === false ? { ...others, headers } : others
  if ([options.json, options.ndjson, options.ids].filter(Boolean).length > 1)
    throw new Failure('usage', 'choose one of --json, --ndjson and --ids')
  if (before === undefined) return options
  if (options.until !== undefined) throw new Failure('usage', 'give --before once; --until is its old name')
  return { ...options, until: before }
}

export async function runRecent(options: RecentOptions, io: Io): Promise<void> {
  await withApi(options, io, async (api, config) => {
    const insights: Insight[] = []
    const unreadable: UnreadableItem[] = []
    const isTable = !options.json && !options.ndjson && !options.ids
    const notices = new UnreadableNotices()
    let opening = '['
    for await (const page of recentPages(api, options)) {
      if (options.ndjson) await writeOut(io, page.map((item) => `${encode(item)}\n`).join(''))
      else if (options.json)
        for (const item of page) {
          await writeOut(io, `${opening}\n${encode(item)}`)
          opening = ','
        }
      for (const item of page)
        if ('unreadable' in item) unreadable.push(item.unreadable)
        else {
          nameUnreadable(item.insight, notices, io)
          if (options.ids) await writeId(item.insight.alert_id, io)
          if (isTable) insights.push(item.insight)
        }
    }
    if (options.json && !options.ndjson) await writeOut(io, opening === '[' ? '[]\n' : '\n]\n')
    if (isTable && insights.length > 0) {
      const { writeTable } = await import('./recent/write-table.ts')
      await writeTable(insights, { ...options, color: config.color?.value }, io)
    } else if (isTable && unreadable.length === 0) io.stderr.write('no insights match\n')
    reportUnreadable(unreadable, io)
  })
}

/** As it is for a program, unless it would be more than one line or act on a terminal. */
const writeId = (id: string, io: Io) =>
  writeOut(io, `${io.stdout.isTTY || hasControls(id) ? sanitize(id) : id}\n`)

const encode = (item: PageItem): string =>
  jsonSafe('insight' in item ? encodeInsight(item.insight) : JSON.stringify(item.unreadable.value))
