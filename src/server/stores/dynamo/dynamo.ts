import type { TableDescription } from '@aws-sdk/client-dynamodb'
import { Failure } from '../../../program/failure.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { type Store, StoreUnavailable } from '../store.ts'
import type { Count } from './tables/count.ts'
import { connect, type Db } from './db.ts'
import { type Location, parseLocation } from './location.ts'
import { openLogStore } from './log/log-store.ts'
import type { Spend } from './units.ts'
import { openReadOnly } from './query/read-only.ts'

interface Options {
  readonly logger: Logger
  /** Counts what an operator wants to see; nothing by default. */
  readonly count?: Count
  /** Is told what requests consumed; nobody by default. */
  readonly spend?: Spend
  /** How long a request is tried again before its caller hears that the store is unavailable, in ms. 6 s. */
  readonly patience?: number
}

/**
 * Opens `dynamodb://TABLE?…` (see `Location`). Credentials come from the default chain of the AWS
 * SDK. Throws a {@link Failure} that says what is missing and how to mend it.
 */
export async function openDynamo(
  url: string,
  { logger, count = () => {}, spend = () => {}, patience = 6000 }: Options,
): Promise<Store> {
  const location = parseLocation(url)
  const db = await connect(location, { logger, count, spend, patience })
  try {
    await checkTables(db, location, url)
    const { logTable } = location
    if (logTable !== undefined) return await openLogStore(db, { ...location, logTable }, { logger, count })
    return await openReadOnly(db, location, { logger, count })
  } catch (error) {
    db.close()
    if (!(error instanceof StoreUnavailable)) throw error
    throw new Failure(
      'unreachable',
      `The store "${location.table}" can't be opened: ${error.message}: ${String(error.cause)}`,
      {
        hint: 'Region, endpoint and credentials come from the address, AWS_REGION and the default chain.',
        cause: error,
      },
    )
  }
}

async function checkTables(db: Db, location: Location, url: string): Promise<void> {
  const init = `iops store init '${url}' makes what is missing.`
  const { logTable } = location
  const [insights, log] = await Promise.all([
    db.describe(location.table),
    logTable === undefined ? undefined : db.describe(logTable),
  ])
  if (!insights)
    throw new Failure('failed', `There is no DynamoDB table "${location.table}".`, { hint: init })
  if (keysOf(insights.KeySchema) !== 'entity_id entity_type')
    throw new Failure('failed', `The table "${location.table}" has other keys than entity_id, entity_type.`)
  const index = insights.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === 'EntityTypeIndex')
  if (keysOf(index?.KeySchema) !== 'entity_type timestamp' || index?.Projection?.ProjectionType !== 'ALL')
    throw new Failure(
      'failed',
      `The table "${location.table}" has no index "EntityTypeIndex" on entity_type, timestamp with all attributes.`,
      { hint: 'Add it; iops never changes a table that is there.' },
    )
  if (logTable === undefined) return
  if (!log)
    throw new Failure('failed', `There is no DynamoDB table "${logTable}" for the log.`, {
      hint: `${init} With log=none the insights can be watched, and nothing is written.`,
    })
  if (keysOf(log.KeySchema) !== 'shard seq')
    throw new Failure('failed', `The table "${logTable}" has other keys than shard, seq.`, {
      hint: 'Name another table by log=.',
    })
}

const keysOf = (schema: TableDescription['KeySchema'] = []): string =>
  schema.map(({ AttributeName }) => AttributeName).join(' ')
