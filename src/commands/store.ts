import { Command } from 'commander'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { initDynamo, newEpochDynamo, printDynamo } from '../server/stores/dynamo/tables/init.ts'
import { createLogger } from '../server/telemetry/logger.ts'
import { withExamples } from './shared/examples.ts'

export interface StoreInitOptions {
  /** `dynamodb://TABLE…` */
  readonly address: string
  readonly print?: boolean
  readonly newEpoch?: boolean
}

export function storeCommand(io: Io, run = runStoreInit): Command {
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
  return new Command().description('Prepares a store.').addCommand(init)
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
