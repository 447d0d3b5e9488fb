import type {
  AttributeValue,
  DynamoDBClient,
  QueryCommandInput,
  TableDescription,
  TransactWriteItem,
} from '@aws-sdk/client-dynamodb'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../telemetry/logger.ts'
import { createClient } from './client.ts'
import { type Condition, expressionOf, namesIn } from './condition.ts'
import type { Location } from './location.ts'
import type { Count } from './tables/count.ts'
import { told, type Spend, unitsOf } from './units.ts'
import {
  isUnknownOperation,
  outcomesOf,
  type PartOutcome,
  reasonsOf,
  troubleOf,
  unavailable,
} from './trouble.ts'

export type Item = Record<string, AttributeValue>

/** Attributes by `#name`, values by `:name`. */
type Query = Pick<
  QueryCommandInput,
  'TableName' | 'IndexName' | 'KeyConditionExpression' | 'ScanIndexForward' | 'ConsistentRead'
> & { readonly values: Item; readonly limit?: number; readonly start?: Item | undefined }

/** Part of a transaction: a put of `item`, or a check of what is at `key`, on a condition. */
export type TransactionPart = { readonly table: string; readonly condition: Condition } & (
  | { readonly item: Item }
  | { readonly key: Item }
)

/**
 * The calls that this store makes of DynamoDB. Each tries again, with growing and random waits,
 * through throttling, silence and expired credentials, up to a budget; then it throws
 * `StoreUnavailable`. A write that had to be repeated may find its own first attempt: a condition
 * that fails says "look again", never "not done".
 */
export interface Db {
  get(table: string, key: Item): Promise<Item | undefined>
  /** Any number of distinct keys, strongly consistent, in no order. */
  getMany(table: string, keys: readonly Item[]): Promise<Item[]>
  put(table: string, item: Item, condition?: Condition): Promise<'done' | 'refused'>
  /** Sent once. `unknown`: no answer says what became of it. */
  putOnce(table: string, item: Item, condition: Condition): Promise<'done' | 'refused' | 'unknown'>
  /** All parts or none. An outcome for each part when a condition failed; `unsupported` where there are no transactions. */
  transact(parts: readonly TransactionPart[]): Promise<'done' | 'unsupported' | readonly PartOutcome[]>
  remove(table: string, key: Item, condition?: Condition): Promise<'done' | 'refused'>
  /** Removes items by their keys, there or not. */
  removeMany(table: string, keys: readonly Item[]): Promise<void>
  query(query: Query): Promise<{ items: Item[]; next: Item | undefined; units: number }>
  /** Undefined when there is no such table. */
  describe(table: string): Promise<TableDescription | undefined>
  /** What a request takes just now, in ms: a running mean over those that were answered at once. */
  roundTrip(): number
  /** DynamoDB's own clock, in ms since the epoch: this machine's may be minutes off. */
  now(): number
  close(): void
}

interface Options {
  readonly logger: Logger
  readonly count: Count
  /** Is told what requests consumed, in DynamoDB's units. */
  readonly spend: Spend
  /** How long a request is tried again, in ms. */
  readonly patience: number
}

const maxPerGet = 100
const maxPerWrite = 25
const reportEveryMs = 60_000

export async function connect(
  location: Pick<Location, 'region' | 'endpoint'>,
  { logger, count, spend, patience }: Options,
): Promise<Db> {
  const attemptMs = Math.ceil(patience / 3)
  const sdk = await import('@aws-sdk/client-dynamodb')
  const client = await createClient(location, attemptMs)
  let roundTrip = 5
  const reported = new Map<string, number>()

  function report(operation: string, error: unknown): void {
    const trouble = troubleOf(error)
    count('refused')
    const key = `${operation} ${trouble}`
    if (performance.now() - (reported.get(key) ?? -Infinity) < reportEveryMs) return
    reported.set(key, performance.now())
    logger('error', 'DynamoDB refuses a request', { operation, trouble, reason: String(error) })
  }

  type Send<Result> = (client: DynamoDBClient, options: { abortSignal: AbortSignal }) => Promise<Result>

  async function attempt<Result>(operation: string, send: Send<Result>): Promise<Result> {
    const started = performance.now()
    for (let wait = 40; ; wait = Math.min(wait * 2, 2000)) {
      try {
        const sent = performance.now()
        const result = await send(client.current(), { abortSignal: AbortSignal.timeout(attemptMs) })
        roundTrip += (performance.now() - sent - roundTrip) / 8
        spend(operation, unitsOf(result))
        return result
      } catch (error) {
        if (isOutcome(error)) throw error
        const trouble = troubleOf(error)
        count(trouble)
        const isHopeless = trouble === 'denied' || trouble === 'invalid'
        if (isHopeless || performance.now() - started > patience) {
          report(operation, error)
          throw unavailable(operation, error)
        }
        if (trouble === 'expired') client.renew()
        count('retried')
        await sleep(wait * (0.5 + Math.random()))
      }
    }
  }

  /** Conditions that fail are answers, not troubles. */
  const isOutcome = (error: unknown): boolean =>
    error instanceof sdk.ConditionalCheckFailedException ||
    isUnknownOperation(error) ||
    (error instanceof sdk.TransactionCanceledException && outcomesOf(reasonsOf(error)) !== undefined)

  async function conditional(work: Promise<unknown>): Promise<'done' | 'refused'> {
    try {
      await work
      return 'done'
    } catch (error) {
      if (error instanceof sdk.ConditionalCheckFailedException) return 'refused'
      throw error
    }
  }

  return {
    now: () => client.now(),
    roundTrip: () => roundTrip,
    close: () => client.current().destroy(),
    async get(table, key) {
      const input = { ...told, TableName: table, Key: key, ConsistentRead: true }
      const answer = await attempt('GetItem', (to, options) =>
        to.send(new sdk.GetItemCommand(input), options),
      )
      return answer.Item
    },
    async getMany(table, keys) {
      const page = async (wanted: Item[]) => {
        const found: Item[] = []
        for (let wait = 20; wanted.length > 0; wait = Math.min(wait * 2, 1000)) {
          const input = { ...told, RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }
          const answer = await attempt('BatchGetItem', (to, options) =>
            to.send(new sdk.BatchGetItemCommand(input), options),
          )
          found.push(...(answer.Responses?.[table] ?? []))
          wanted = answer.UnprocessedKeys?.[table]?.Keys ?? []
          if (wanted.length === 0) break
          count('throttled')
          await sleep(wait * (0.5 + Math.random()))
        }
        return found
      }
      const pages = Array.from({ length: Math.ceil(keys.length / maxPerGet) }, (_, at) =>
        page(keys.slice(at * maxPerGet, (at + 1) * maxPerGet)),
      )
      return (await Promise.all(pages)).flat()
    },
    put(table, item, condition = {}) {
      const input = { ...told, TableName: table, Item: item, ...expressionOf(condition) }
      return conditional(attempt('PutItem', (to, options) => to.send(new sdk.PutItemCommand(input), options)))
    },
    async putOnce(table, item, condition) {
      const input = { ...told, TableName: table, Item: item, ...expressionOf(condition) }
      try {
        const abortSignal = AbortSignal.timeout(attemptMs)
        spend('PutItem', unitsOf(await client.current().send(new sdk.PutItemCommand(input), { abortSignal })))
        return 'done'
      } catch (error) {
        if (error instanceof sdk.ConditionalCheckFailedException) return 'refused'
        count(troubleOf(error))
        return 'unknown'
      }
    },
    async transact(parts) {
      const TransactItems = parts.map((part): TransactWriteItem => {
        const common = { TableName: part.table, ...expressionOf(part.condition) }
        if ('item' in part) return { Put: { ...common, Item: part.item } }
        return { ConditionCheck: { ConditionExpression: '', ...common, Key: part.key } }
      })
      // One token for all attempts: an attempt whose answer was lost isn't made twice.
      const command = { ...told, TransactItems, ClientRequestToken: crypto.randomUUID() }
      try {
        await attempt('TransactWriteItems', (to, options) =>
          to.send(new sdk.TransactWriteItemsCommand(command), options),
        )
        return 'done'
      } catch (error) {
        if (isUnknownOperation(error)) return 'unsupported'
        const outcomes = error instanceof Error ? outcomesOf(reasonsOf(error)) : undefined
        if (outcomes === undefined) throw error
        return outcomes
      }
    },
    remove(table, key, condition = {}) {
      const input = { ...told, TableName: table, Key: key, ...expressionOf(condition) }
      return conditional(
        attempt('DeleteItem', (to, options) => to.send(new sdk.DeleteItemCommand(input), options)),
      )
    },
    async removeMany(table, keys) {
      for (let at = 0; at < keys.length; at += maxPerWrite) {
        const requests = keys.slice(at, at + maxPerWrite).map((Key) => ({ DeleteRequest: { Key } }))
        const input = { ...told, RequestItems: { [table]: requests } }
        await attempt('BatchWriteItem', (to, options) =>
          to.send(new sdk.BatchWriteItemCommand(input), options),
        )
      }
    },
    async query({ values, limit, start, ...query }) {
      const input = {
        ...told,
        ...query,
        ExpressionAttributeNames: namesIn(query.KeyConditionExpression ?? ''),
        ExpressionAttributeValues: values,
        ...(limit === undefined ? {} : { Limit: limit }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }
      const answer = await attempt('Query', (to, options) => to.send(new sdk.QueryCommand(input), options))
      return { items: answer.Items ?? [], next: answer.LastEvaluatedKey, units: unitsOf(answer) }
    },
    describe: (table) =>
      attempt('DescribeTable', async (to, options) => {
        try {
          return (await to.send(new sdk.DescribeTableCommand({ TableName: table }), options)).Table
        } catch (error) {
          if (error instanceof sdk.ResourceNotFoundException) return undefined
          throw error
        }
      }),
  }
}
