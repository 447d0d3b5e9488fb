import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { initDynamo, printDynamo } from '../server/stores/dynamo/tables/init.ts'
import { withExamples } from './shared/examples.ts'

export function storeCommand(io: Io): Command {
  const init = withExamples(new Command('init'), [
    ["iops store init 'dynamodb://metrics?region=eu-west-1'", 'creates what is missing'],
    ['iops store init dynamodb://metrics --print > template.json', 'for CloudFormation or SAM'],
  ])
    .description('Creates the DynamoDB tables of a store. A table that is there is never changed.')
    .argument('<store>', 'its address, as in serve --store')
    .option('--print', 'print a CloudFormation template instead, and ask nothing of AWS')
    .action((address: string, { print = false }: { print?: boolean }) => run(address, print, io))
  return new Command().description('Prepares a store.').addCommand(init)
}

async function run(address: string, print: boolean, io: Io): Promise<void> {
  if (print) {
    io.stdout.write(printDynamo(address))
    return
  }
  for (const { table, result, ttlFault } of await initDynamo(address)) {
    io.stdout.write(`${table}  ${result}\n`)
    if (ttlFault !== undefined)
      io.stderr.write(`iops: ${table} will not delete what has expired: ${ttlFault}\n`)
  }
}
