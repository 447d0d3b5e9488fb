import { Command } from 'commander'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { checkDynamo, initDynamo, newEpochDynamo, printDynamo } from '../server/stores/dynamo/tables/init.ts'
import { createLogger } from '../server/telemetry/logger.ts'
import { withExamples } from './shared/examples.ts'

export interface StoreInitOptions {
  /** `dynamodb://TABLE…` */
  readonly address: string
  readonly print?: boolean
  readonly newEpoch?: boolean
}

export function storeCommand(io: Io, run = runStoreInit, runCheck = runStoreCheck): Command {
  const init = withExamples(new Command('init'), [
    ["iops store init 'dynamodb://metrics?region=eu-west-1'", 'creates what is missing'],
    ['iops store init dynamodb://metrics --print > template.json', 'for CloudFormation or SAM'],
    ['iops store init dynamodb://metrics --new-epoch', 'after the tables were restored from a backup'],
  ])
    .description('Creates the DynamoDB tables of a store. A table that is there is never changed.')
    .argument('<store>', 'its address, as in serve --store')
    .option('--print', 'print a CloudFormation template instead, and ask nothing of AWS')
    .option(
      '--new-epoch',
      'after a restore: end the log here, so that no position of a client means other entries',
    )
    .action((address: string, flags: Omit<StoreInitOptions, 'address'>) => run({ ...flags, address }, io))
  const check = withExamples(new Command('check'), [
    ["iops store check 'dynamodb://metrics?region=eu-west-1'", 'reads all of the log, and writes nothing'],
  ])
    .description('Holds the log of a DynamoDB store against its table. Exit 1 when something is wrong.')
    .argument('<store>', 'its address, as in serve --store')
    .option('--json', 'one object with all that was found')
    .action((address: string, { json = false }: { json?: boolean }) => runCheck({ address, json }, io))
  return new Command().description('Prepares and checks a store.').addCommand(init).addCommand(check)
}

export interface StoreCheckOptions {
  /** `dynamodb://TABLE…` */
  readonly address: string
  readonly json: boolean
}

export async function runStoreCheck({ address, json }: StoreCheckOptions, io: Io): Promise<void> {
  const logger = createLogger(io.stderr as NodeJS.WriteStream, () => new Date(io.now()))
  const found = await checkDynamo(address, logger)
  const { epoch, batches, entries, alerts, pending, faults } = found
  if (json) await writeOut(io, `${JSON.stringify(found)}\n`)
  else if (epoch === undefined) await writeOut(io, 'no server has opened this store yet\n')
  else
    await writeOut(
      io,
      `epoch ${epoch}: ${entries} entries in ${batches} batches, ${alerts} alerts; ${pending} differ in the table for now\n`,
    )
  if (faults.length === 0) return
  if (!json) await writeOut(io, faults.map((fault) => `${fault}\n`).join(''))
  throw new Failure('failed', `the log and the table disagree: ${faults.length} faults`)
}

export async function runStoreInit(
  { address, print = false, newEpoch = false }: StoreInitOptions,
  io: Io,
): Promise<void> {
  if (print && newEpoch)
    throw new Failure('usage', '--print asks nothing of AWS, and --new-epoch writes: choose one')
  if (print) {
    await writeOut(io, printDynamo(address))
    return
  }
  for (const { table, result, ttlFault } of await initDynamo(address)) {
    await writeOut(io, `${table}  ${result}\n`)
    if (ttlFault !== undefined)
      io.stderr.write(`iops: ${table} will not delete what has expired: ${ttlFault}\n`)
  }
  if (!newEpoch) return
  const logger = createLogger(io.stderr as NodeJS.WriteStream, () => new Date(io.now()))
  const { table, former, epoch } = await newEpochDynamo(address, logger)
  await writeOut(io, `${table}  epoch ${epoch}${former === undefined ? '' : `, after ${former}`}\n`)
}
