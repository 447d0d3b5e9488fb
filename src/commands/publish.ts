import { createReadStream } from 'node:fs'
import { Command } from 'commander'
import { v7 as uuidv7 } from 'uuid'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { limits } from '../protocol/insight/insight.ts'
import { longAge } from '../text/format.ts'
import { jsonSafe, sanitize } from '../text/sanitize.ts'
import { batches } from './publish/batches.ts'
import { type ConnectionFlags, openConnection, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { persistent } from './publish/persistent.ts'
import { type FieldFlags, insightFromFlags, withFieldFlags } from './publish/fields.ts'
import { type Prepared, prepare, readInsights } from './publish/input.ts'

interface Options extends ConnectionFlags, FieldFlags {
  readonly json?: boolean
  readonly quiet?: boolean
}

/** A server that stays busy, or away, for so long is given up, in milliseconds. */
const patience = 20_000
/** Room for the brackets around a batch. */
const bounds = { items: limits.batchItems, bytes: limits.bodyBytes - 16, idleMs: 50 }

export function publishCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ["iops publish --entity cust_42 --risk 91 --explanation '3 failed payments'", 'one insight from flags'],
    ['iops publish insights.json', 'an object, an array or NDJSON from a file'],
    ['tail -F scores.ndjson | iops publish', 'as it comes, from stdin'],
    ["jq '.[] | select(.risk_score > 60)' all.json | iops publish", 'what another program makes'],
  ])
    .description(
      'Publishes insights. Each has an entity_id and a risk_score (0-100); what else is missing is filled in.\nPublishing the same insight again changes nothing, so that a repeated run is harmless.',
    )
    .argument('[file]', 'JSON or NDJSON; "-" or nothing is stdin')
    .option('--json', 'print {alert_id, id, result} for each, one a line')
    .option('-q, --quiet', 'print nothing but errors')
  return withConnectionFlags(withFieldFlags(command)).action((file: string | undefined, options: Options) =>
    publish(file, options, io),
  )
}

async function publish(file: string | undefined, options: Options, io: Io): Promise<void> {
  const insights = source(file, options, io)
  const { connection } = await openConnection({ ...options }, io)
  const { createApi } = await import('../client/api/api.ts')
  const onRetry = (reason: string, waitMs: number) =>
    io.stderr.write(`${reason}, next try in ${longAge(Math.max(waitMs, 1000))}\n`)
  const api = createApi(persistent(connection, { patience, signal: io.signal, now: io.now, onRetry }))
  const counts = { created: 0, updated: 0, unchanged: 0 }
  let accepted = 0
  try {
    for await (const batch of batches(insights, bounds)) {
      const { items } = await api.publish(batch.map(({ insight }) => insight))
      accepted += items.length
      for (const item of items) {
        counts[item.result]++
        if (options.json) io.stdout.write(`${jsonSafe(JSON.stringify(item))}\n`)
        else if (!options.quiet) io.stdout.write(`${item.result.padEnd(9)}  ${sanitize(item.alert_id)}\n`)
      }
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

/** Flags make one insight; otherwise a file, or stdin, is read. */
function source(file: string | undefined, options: Options, io: Io): AsyncIterable<Prepared> {
  const flagged = insightFromFlags(options)
  if (flagged !== undefined) {
    if (file === undefined) return once(prepare(flagged, uuidv7))
    throw new Failure('usage', 'give an insight by flags or a file, not both')
  }
  if (file !== undefined && file !== '-') return whole(readInsights(fileText(file), uuidv7))
  if (io.stdin.isTTY)
    throw new Failure('usage', 'there is nothing to publish', {
      hint: 'Give --entity and --risk, a file, or pipe JSON in; "iops publish --help" has examples.',
    })
  io.stdin.setEncoding('utf8')
  return readInsights(io.stdin as AsyncIterable<string>, uuidv7)
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}

/** A file is read to its end before anything is sent: a fault in it leaves nothing half done. */
async function* whole<T>(values: AsyncIterable<T>): AsyncGenerator<T> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  yield* all
}

async function* fileText(path: string): AsyncGenerator<string> {
  try {
    yield* createReadStream(path, 'utf8') as AsyncIterable<string>
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const words = code === 'ENOENT' ? 'there is no such file' : (error as Error).message
    throw new Failure('failed', `${path} can't be read: ${words}`, { cause: error })
  }
}

function summary(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return parts.map(([result, count]) => `${count} ${result}`).join(', ')
}
