import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Failure } from '../../../src/program/failure.ts'
import { openDynamo } from '../../../src/server/stores/dynamo/dynamo.ts'
import { initDynamo, printDynamo } from '../../../src/server/stores/dynamo/tables/init.ts'
import { parseLocation } from '../../../src/server/stores/dynamo/location.ts'
import { StoreUnavailable } from '../../../src/server/stores/store.ts'
import { createTables, directItem, type Emulator, startDynoxide } from '../../helpers/dynamo.ts'
import { insight } from '../../helpers/insights.ts'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())

const quiet = { logger: () => {} }
const address = (table: string, more = '') =>
  `dynamodb://${table}?region=eu-west-1&endpoint=${encodeURIComponent(emulator.endpoint)}${more}`

const at = (offset: number) => new Date(Date.now() + offset).toISOString()

const failure = async (work: Promise<unknown>): Promise<Failure> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw error
  return error
}

test('creates both tables with their ttl, and leaves them alone the next time', async () => {
  expect(await initDynamo(address('fresh'))).toEqual([
    { table: 'fresh', result: 'created', ttlFault: undefined },
    { table: 'fresh-log', result: 'created', ttlFault: undefined },
  ])
  const { TimeToLiveDescription } = await emulator.client.send(
    new DescribeTimeToLiveCommand({ TableName: 'fresh-log' }),
  )
  expect(TimeToLiveDescription?.AttributeName).toBe('ttl')
  expect((await initDynamo(address('fresh'))).map(({ result }) => result)).toEqual([
    'there already',
    'there already',
  ])
  const store = await openDynamo(address('fresh'), quiet)
  expect((await store.head()).sequence).toBe(0)
  await store.close()
})

test('prints a template that makes the tables it would make', async () => {
  const { Resources } = JSON.parse(printDynamo(address('fresh', '&log=other'))) as {
    Resources: Record<string, { Properties: { TableName: string; KeySchema: unknown } }>
  }
  expect(Resources['LogTable']?.Properties.TableName).toBe('other')
  const { Table } = await emulator.client.send(new DescribeTableCommand({ TableName: 'fresh' }))
  expect(Resources['InsightTable']?.Properties.KeySchema).toEqual(Table?.KeySchema)
})

test('prints no log table where the address asks for none', () => {
  const { Resources } = JSON.parse(printDynamo(address('fresh', '&log=none'))) as { Resources: object }
  expect(Object.keys(Resources)).toEqual(['InsightTable'])
})

test('says what is missing and how to mend it', async () => {
  const nothing = await failure(openDynamo(address('nowhere'), quiet))
  expect(nothing.message).toBe('There is no DynamoDB table "nowhere".')
  expect(nothing.hint).toContain('iops store init')
  const { table, url } = await createTables(emulator, { withLog: false })
  const noLog = await failure(openDynamo(url(), quiet))
  expect(noLog.message).toContain(`"${table}-log" for the log`)
  expect(noLog.hint).toContain('log=none')
  const swapped = await failure(openDynamo(address('fresh-log', '&log=fresh'), quiet))
  expect(swapped.message).toContain('other keys')
})

test.each([
  ['dynamodb://ab', 'names no table'],
  ['dynamodb://table?logs=x', 'no parameter "logs"'],
  ['dynamodb://table?poll=soon', 'no duration'],
  ['dynamodb://table?relay=maybe', 'neither on nor off'],
  ['dynamodb://table?endpoint=ftp://x', 'no http(s) URL'],
  ['dynamodb://table?log=table', 'a table of its own'],
])('refuses %s', (text, words) => {
  expect(() => parseLocation(text)).toThrow(words)
})

test('without a log it shows what comes, in order, and counts the late', async () => {
  const { url, putDirectly } = await createTables(emulator, { withLog: false })
  await putDirectly(directItem('there', '2026-11-05T10:11:12'))
  let late = 0
  const count = (event: string, by = 1) => void (late += event === 'late' ? by : 0)
  const store = await openDynamo(url('log=none&poll=50ms'), { ...quiet, count })
  try {
    await expect(
      store.append([{ alertId: 'x', apply: () => insight({ alert_id: 'x' }) }]),
    ).rejects.toBeInstanceOf(StoreUnavailable)
    // At once: what comes later than it is held back for is late.
    await Promise.all(
      Object.entries({ third: 2000, first: 0, second: 1000 }).map(([id, offset]) =>
        putDirectly(directItem(id, at(offset))),
      ),
    )
    const shown = async () =>
      (await store.snapshot({ limit: 9 })).entries.map((entry) => entry.insight.alert_id)
    await vi.waitFor(async () => expect(await shown()).toEqual(['there', 'first', 'second', 'third']), 40_000)
    await putDirectly(directItem('late', at(-60_000)))
    await vi.waitFor(
      async () => expect(await shown()).toEqual(['there', 'first', 'second', 'third', 'late']),
      40_000,
    )
    expect(late).toBe(1)
    const { epoch } = await store.head()
    const read = store.read({ epoch, sequence: 2 }, { signal: AbortSignal.timeout(50_000) })
    for await (const batch of read) {
      if ('reset' in batch) throw new Error(batch.reset)
      expect(batch.entries.map((entry) => entry.insight.alert_id)).toEqual(['second', 'third', 'late'])
      break
    }
  } finally {
    await store.close()
  }
})
