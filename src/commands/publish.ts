import { Command } from 'commander'
import { createApi } from '../client/api/api.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { limits } from '../protocol/insight/limits.ts'
import type { InsightInput } from '../protocol/insight/schema.ts'
import { longAge } from '../text/format.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { batches } from './publish/batches.ts'
import { type FieldFlags, insightFromFlags, withFieldFlags } from './publish/fields.ts'
import { readSource } from './publish/source.ts'
import {
  type ConnectionFlags,
  connectionFlags,
  openConnection,
  withConnectionFlags,
} from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { durationOrNone } from './shared/flags.ts'
import { createRetry } from './shared/retry.ts'

export interface PublishOptions extends ConnectionFlags {
  /** One insight, spelled out in flags; without it `file` is read. */
  readonly insight?: InsightInput
  /** A path; stdin without it. */
  readonly file?: string
  /** Milliseconds; see `createRetry` for what holds without it. */
  readonly retryFor?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

interface Flags extends ConnectionFlags, FieldFlags, Pick<PublishOptions, 'retryFor' | 'json' | 'quiet'> {}

/** Room for the brackets around a batch. */
const bounds = { items: limits.batchItems, bytes: limits.bodyBytes - 16, idleMs: 50 }

export function publishCommand(io: Io, run = runPublish): Command {
  const command = withExamples(new Command(), [
    ["iops publish --entity cust_42 --risk 91 --explanation '3 failed payments'", 'one insight from flags'],
    ['iops publish insights.json', 'an object, an array or NDJSON from a file'],
    ['tail -F scores.ndjson | iops publish --retry-for 1h', 'as it comes, from stdin'],
    ["jq '.[] | select(.risk_score > 60)' all.json | iops publish", 'what another program makes'],
  ])
    .description(
      `Publishes insights. Each has an entity_id and a risk_score (0-100); the rest is filled in.
Publishing the same insight again changes nothing, so that a repeated run is harmless.
A server that goes away or is busy meanwhile is waited for; an empty input is fine.`,
    )
    .argument('[file]', 'JSON or NDJSON; "-" or nothing is stdin')
    .option(
      '--retry-for <time>',
      'how long to wait for a server that is away or busy, each time; 0 not at all (5m, once it has answered)',
      durationOrNone,
    )
    .option('--json', 'print {alert_id, id, result} for each, one a line')
    .option('-q, --quiet', 'print nothing but errors')
  return withConnectionFlags(withFieldFlags(command)).action(async (file: string | undefined, flags: Flags) =>
    run(await toOptions(file, flags), io),
  )
}

async function toOptions(file: string | undefined, flags: Flags): Promise<PublishOptions> {
  const { retryFor, json, quiet } = flags
  const insight = await insightFromFlags(flags)
  if (insight !== undefined && file !== undefined)
    throw new Failure('usage', 'give an insight by flags or a file, not both')
  return {
    ...connectionFlags(flags),
    ...(insight !== undefined && { insight }),
    ...(file !== undefined && file !== '-' && { file }),
    ...(retryFor !== undefined && { retryFor }),
    ...(json !== undefined && { json }),
    ...(quiet !== undefined && { quiet }),
  }
}

export async function runPublish(options: PublishOptions, io: Io): Promise<void> {
  const insights = readSource(options, io)
  const { connection } = await openConnection({ ...options }, io)
  const api = createApi(connection)
  const retry = createRetry({
    ...options,
    signal: io.signal,
    now: io.now,
    onRetry: ({ what }, waitMs) =>
      io.stderr.write(`${sanitize(what)}, next try in ${longAge(Math.max(waitMs, 1000))}\n`),
  })
  const counts = { created: 0, updated: 0, unchanged: 0 }
  let accepted = 0
  try {
    for await (const batch of batches(insights, bounds)) {
      const { items } = await retry(() => api.publish(batch.map(({ insight }) => insight)))
      accepted += items.length
      for (const { result } of items) counts[result]++
      const lines = items.map((item) =>
        options.json
          ? jsonSafe(JSON.stringify(item))
          : `${item.result.padEnd(9)}  ${sanitize(item.alert_id)}`,
      )
      if (options.json || !options.quiet) await writeOut(io, lines.map((line) => `${line}\n`).join(''))
    }
  } catch (error) {
    if (!(error instanceof Failure) || accepted === 0) throw error
    const hint = `${accepted} before it are stored. ${error.hint ?? ''}`.trim()
    throw new Failure(error.reason, error.message, { hint, cause: error })
  } finally {
    await connection.close()
  }
  if (!options.quiet && accepted > 1) io.stderr.write(`${summary(counts)}\n`)
}

function summary(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return parts.map(([result, count]) => `${count} ${result}`).join(', ')
}
