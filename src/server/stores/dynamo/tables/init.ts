import { Failure } from '../../../../program/failure.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { connect } from '../db.ts'
import { parseLocation } from '../location.ts'
import { checkLog, type LogCheck } from '../log/check-log.ts'
import { beginEpoch, currentEpoch } from '../log/epoch.ts'
import { insightTableInput, logTableInput, ttlAttribute } from './tables.ts'
import { template } from './template.ts'

/** What became of a table. */
export interface Made {
  readonly table: string
  readonly result: 'created' | 'there already'
  /** Why it won't forget what has expired, where that could not be set. */
  readonly ttlFault: string | undefined
}

/** Creates the tables that are missing, on demand capacity; changes none that is there. */
export async function initDynamo(address: string): Promise<Made[]> {
  const { table, logTable, region, endpoint } = parseLocation(address)
  const sdk = await import('@aws-sdk/client-dynamodb')
  const client = new sdk.DynamoDBClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  })
  const inputs = [insightTableInput(table), ...(logTable === undefined ? [] : [logTableInput(logTable)])]
  const made: Made[] = []
  try {
    for (const input of inputs) {
      const TableName = input.TableName ?? ''
      try {
        await client.send(new sdk.CreateTableCommand(input))
      } catch (error) {
        if (!(error instanceof sdk.ResourceInUseException)) throw error
        made.push({ table: TableName, result: 'there already', ttlFault: undefined })
        continue
      }
      await sdk.waitUntilTableExists({ client, maxWaitTime: 120, minDelay: 1, maxDelay: 3 }, { TableName })
      const TimeToLiveSpecification = { AttributeName: ttlAttribute, Enabled: true }
      const ttlFault = await client
        .send(new sdk.UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }))
        .then(() => undefined, String)
      made.push({ table: TableName, result: 'created', ttlFault })
    }
    return made
  } catch (error) {
    throw new Failure('failed', `DynamoDB did not make the tables: ${String(error)}`, {
      hint: 'Region, endpoint and credentials come from the address, AWS_REGION and the default chain.',
      cause: error,
    })
  } finally {
    client.destroy()
  }
}

/** The epoch that was in force, and the one that is now. */
export interface NewEpoch {
  readonly table: string
  readonly former: string | undefined
  readonly epoch: string
}

/**
 * Gives the log a new epoch, for tables that were restored: their log ends before entries that clients
 * have seen, and would use those numbers again. Servers that run go over to it by themselves.
 */
export async function newEpochDynamo(address: string, logger: Logger): Promise<NewEpoch> {
  const location = parseLocation(address)
  const { logTable: table } = location
  if (table === undefined)
    throw new Failure('usage', 'with log=none there is no log that could get a new epoch')
  const db = await connect(location, { logger, count: () => {}, spend: () => {}, patience: 6000 })
  try {
    const former = await currentEpoch(db, table)
    return { table, former, epoch: await beginEpoch(db, table, former) }
  } catch (error) {
    throw new Failure('failed', `The log got no new epoch: ${String(error)}`, {
      hint: `iops store init '${address}' makes what is missing.`,
      cause: error,
    })
  } finally {
    db.close()
  }
}

/** Holds log and table of a store against each other; see {@link checkLog}. */
export async function checkDynamo(address: string, logger: Logger): Promise<LogCheck> {
  const location = parseLocation(address)
  const { logTable, table, retention } = location
  if (logTable === undefined) throw new Failure('usage', 'with log=none there is no log to check')
  const db = await connect(location, { logger, count: () => {}, spend: () => {}, patience: 6000 })
  try {
    return await checkLog(db, { table, logTable, retention })
  } catch (error) {
    throw new Failure('unreachable', `The store can't be checked: ${String(error)}`, { cause: error })
  } finally {
    db.close()
  }
}

/** The same tables as a CloudFormation template. Nothing is asked of AWS. */
export function printDynamo(address: string): string {
  const { table, logTable } = parseLocation(address)
  return template(table, logTable)
}
