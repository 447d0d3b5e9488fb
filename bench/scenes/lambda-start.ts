import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTables, directItem, startDynoxide } from '../../test/helpers/dynamo.ts'
import { restEvent } from '../../test/helpers/lambda/events.ts'
import {
  buildLambdaCode,
  type LambdaCode,
  LambdaFunction,
} from '../../test/helpers/lambda/lambda-function.ts'
import { median, type Scene } from '../measure.ts'

/** A function that does nothing but import the SDK, as the runtime has it: in many files. */
function bareCode(): LambdaCode {
  const directory = mkdtempSync(join(tmpdir(), 'iops-bare-'))
  const sdk = import.meta.resolve('@aws-sdk/client-dynamodb')
  const lines = [
    `import { DynamoDBClient } from ${JSON.stringify(sdk)}`,
    'new DynamoDBClient({})',
    "export const handler = async () => ({ statusCode: 200, body: '' })",
  ]
  writeFileSync(join(directory, 'index.mjs'), lines.join('\n'))
  return { directory, remove: () => rmSync(directory, { recursive: true }) }
}

/** From the start of the process to its first answer, against a function that only imports the SDK. */
export const lambdaStart: Scene = async ({ rounds }) => {
  const emulator = await startDynoxide()
  const tables = await createTables(emulator)
  await tables.putDirectly(directItem('a1', new Date().toISOString()))
  const codes = { bare: bareCode(), iops: await buildLambdaCode() }
  const firstAnswer = async (code: LambdaCode, target: string) => {
    const began = performance.now()
    const started = await LambdaFunction.start(code, 'handler', { IOPS_STORE: tables.url() })
    try {
      const { statusCode } = await started.invoke<{ statusCode: number }>(restEvent(target))
      if (statusCode !== 200) throw new Error(`the function answered ${statusCode}`)
      return performance.now() - began
    } finally {
      await started.stop()
    }
  }
  const runs: { bare: number; health: number; read: number }[] = []
  try {
    for (let round = 0; round < 3 * rounds; round++)
      runs.push({
        bare: await firstAnswer(codes.bare, '/'),
        health: await firstAnswer(codes.iops, '/healthz'),
        read: await firstAnswer(codes.iops, '/insights/a1'),
      })
  } finally {
    codes.bare.remove()
    codes.iops.remove()
    await emulator.stop()
  }
  const of = (name: 'bare' | 'health' | 'read') => median(runs.map((run) => run[name]))
  const ratio = (name: 'health' | 'read') =>
    `${(of(name) / of('bare')).toFixed(2)} × (iops ${of(name).toFixed(0)}, bare ${of('bare').toFixed(0)} ms)`
  return [
    {
      what: 'Lambda, cold: process start to first byte',
      reach: '≤ 1.5 × bare runtime plus SDK import',
      measured: ratio('health'),
    },
    {
      what: 'The same, an insight read from the table included',
      reach: '',
      measured: ratio('read'),
    },
  ]
}
