import type { AttributeValue, DynamoDBClient, QueryCommandInput } from '@aws-sdk/client-dynamodb'
import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '../store.ts'
import type { Count } from './tables/count.ts'
import type { Location } from './location.ts'
import { isRefusedForever, troubleOf } from './trouble.ts'

export type Item = Record<string, AttributeValue>

/** An equality or an absence per attribute, all of which must hold. */
export type Condition = Readonly<Record<string, AttributeValue | 'absent'>>

/** Attributes by `#name`, values by `:name`: so many words are reserved that every name is aliased. */
type Query = Pick<
  QueryCommandInput,
  'TableName' | 'IndexName' | 'KeyConditionExpression' | 'ScanIndexForward' | 'ConsistentRead'
> & { readonly values: Item; readonly limit?: number; readonly start?: Item | undefined }

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
  query(query: Query): Promise<{ items: Item[]; next: Item | undefined }>
  /** DynamoDB's own clock, in ms since the epoch: this machine's may be minutes off. */
  now(): number
  close(): void
}

const mostPerGet = 100

export async function connect(
  { region, endpoint }: Pick<Location, 'region' | 'endpoint'>,
  { count, patience }: { readonly count: Count; readonly patience: number },
): Promise<Db & { readonly client: () => DynamoDBClient }> {
  const attemptMs = Math.ceil(patience / 3)
  const sdk = await import('@aws-sdk/client-dynamodb')
  let offset = 0
  const create = () => {
    const client = new sdk.DynamoDBClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: attemptMs,
        requestTimeout: attemptMs,
        httpsAgent: { maxSockets: 100 },
      },
    })
    client.middlewareStack.add(
      (next) => async (input) => {
        const result = await next(input)
        const { headers } = (result.response ?? {}) as { headers?: Record<string, string> }
        const served = Date.parse(headers?.['date'] ?? '')
        // The header has whole seconds, so that a smaller difference says nothing.
        if (!Number.isNaN(served)) offset = Math.abs(served - Date.now()) > 2000 ? served - Date.now() : 0
        return result
      },
      { step: 'deserialize', priority: 'high', name: 'clock' },
    )
    return client
  }
  let client = create()

  async function attempt<Result>(send: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const started = performance.now()
    for (let wait = 40; ; wait = Math.min(wait * 2, 2000)) {
      try {
        return await send(AbortSignal.timeout(attemptMs))
      } catch (error) {
        const trouble = troubleOf(error)
        if (trouble === 'final') throw isOurs(error) ? error : unavailable(error)
        count(trouble)
        if (performance.now() - started > patience) throw unavailable(error)
        // A new client asks the credential chain again; the old one would keep what it has.
        if (trouble === 'expired') client = create()
        count('retried')
        await sleep(wait * (0.5 + Math.random()))
      }
    }
  }

  return {
    client: () => client,
    now: () => Date.now() + offset,
    close: () => client.destroy(),
    async get(table, key) {
      const command = () => new sdk.GetItemCommand({ TableName: table, Key: key, ConsistentRead: true })
      return (await attempt((abortSignal) => client.send(command(), { abortSignal }))).Item
    },
    async getMany(table, keys) {
      const page = async (wanted: Item[]) => {
        const found: Item[] = []
        for (let wait = 20; wanted.length > 0; wait = Math.min(wait * 2, 1000)) {
          const input = { RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }
          const answer = await attempt((abortSignal) =>
            client.send(new sdk.BatchGetItemCommand(input), { abortSignal }),
          )
          found.push(...(answer.Responses?.[table] ?? []))
          wanted = answer.UnprocessedKeys?.[table]?.Keys ?? []
          if (wanted.length === 0) break
          count('throttled')
          await sleep(wait * (0.5 + Math.random()))
        }
        return found
      }
      const pages = Array.from({ length: Math.ceil(keys.length / mostPerGet) }, (_, at) =>
        page(keys.slice(at * mostPerGet, (at + 1) * mostPerGet)),
      )
      return (await Promise.all(pages)).flat()
    },
    async put(table, item, condition = {}) {
      const names = Object.keys(condition)
      const values = names.flatMap((name, at): [string, AttributeValue][] => {
        const value = condition[name]
        return value === undefined || value === 'absent' ? [] : [[`:${at}`, value]]
      })
      const terms = names.map((name, at) =>
        condition[name] === 'absent' ? `attribute_not_exists(#${at})` : `#${at} = :${at}`,
      )
      const command = () =>
        new sdk.PutItemCommand({
          TableName: table,
          Item: item,
          ...(names.length === 0
            ? {}
            : {
                ConditionExpression: terms.join(' AND '),
                ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#${at}`, name])),
              }),
          ...(values.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) }),
        })
      try {
        await attempt((abortSignal) => client.send(command(), { abortSignal }))
        return 'done'
      } catch (error) {
        if (error instanceof sdk.ConditionalCheckFailedException) return 'refused'
        throw error
      }
    },
    async query({ values, limit, start, ...query }) {
      const command = () =>
        new sdk.QueryCommand({
          ...query,
          ExpressionAttributeNames: namesIn(query.KeyConditionExpression ?? ''),
          ExpressionAttributeValues: values,
          ...(limit === undefined ? {} : { Limit: limit }),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        })
      const answer = await attempt((abortSignal) => client.send(command(), { abortSignal }))
      return { items: answer.Items ?? [], next: answer.LastEvaluatedKey }
    },
  }
}

/** Conditions that fail and requests that are wrong; anything else is a state of the world. */
const isOurs = (error: unknown) =>
  isRefusedForever(error) || (error instanceof Error && error.name === 'ConditionalCheckFailedException')

const namesIn = (expression: string) =>
  Object.fromEntries([...expression.matchAll(/#(\w+)/g)].map(([alias, name = '']) => [alias, name]))

const unavailable = (cause: unknown) =>
  new StoreUnavailable(`DynamoDB doesn't serve: ${cause instanceof Error ? cause.message : String(cause)}`, {
    cause,
  })
