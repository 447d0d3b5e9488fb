import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { insightTableInput, logTableInput } from '../../src/server/stores/dynamo/tables/tables.ts'

/** The emulators take any credentials, and the SDK's default chain must find some. */
export const credentials = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }
Object.assign(process.env, credentials)

export interface Emulator {
  readonly endpoint: string
  readonly client: DynamoDBClient
  stop(): Promise<void>
}

export interface Tables {
  readonly table: string
  readonly log: string
  /** The store's address, with more parameters (`relay=off`) on request. */
  readonly url: (parameters?: string, endpoint?: string) => string
  /** Puts an item as another writer would. */
  readonly putDirectly: (item: Record<string, unknown>) => Promise<void>
}

const require = createRequire(import.meta.url)

export const startDynoxide = (): Promise<Emulator> =>
  start((port) => [
    require.resolve('@dynoxide/linux-x64/package.json').replace(/package\.json$/, 'dynoxide'),
    'serve',
    '--port',
    port,
  ])

export const startDynalite = (): Promise<Emulator> =>
  start((port) => [process.execPath, fileURLToPath(new URL('dynalite-server.ts', import.meta.url)), port])

async function start(command: (port: string) => string[]): Promise<Emulator> {
  const port = await freePort()
  const [file = '', ...args] = command(String(port))
  const child = spawn(file, args, { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}`
  await answering(child, endpoint)
  const client = new DynamoDBClient({ endpoint, region: 'eu-west-1', maxAttempts: 1 })
  return {
    endpoint,
    client,
    async stop() {
      client.destroy()
      if (child.exitCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

async function answering(child: ChildProcess, endpoint: string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}`)
    try {
      await fetch(endpoint)
      return
    } catch {
      await sleep(20)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** Tables of their own for one test, empty. */
export async function createTables(
  emulator: Emulator,
  { withLog = true }: { withLog?: boolean } = {},
): Promise<Tables> {
  const table = `metrics-${randomBytes(4).toString('hex')}`
  const log = `${table}-log`
  await emulator.client.send(new CreateTableCommand(insightTableInput(table)))
  if (withLog) await emulator.client.send(new CreateTableCommand(logTableInput(log)))
  return {
    table,
    log,
    url: (parameters = '', endpoint = emulator.endpoint) =>
      `dynamodb://${table}?region=eu-west-1&endpoint=${encodeURIComponent(endpoint)}&${parameters}`.replace(
        /&$/,
        '',
      ),
    async putDirectly(item) {
      const attributes = Object.entries(item).map(([name, value]) => [name, attributeOf(value)])
      const input = { TableName: table, Item: Object.fromEntries(attributes) as never }
      await emulator.client.send(new PutItemCommand(input))
    },
  }
}

/** An item as the existing deployment's jobs write it. */
export const directItem = (
  alertId: string,
  timestamp: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  entity_id: alertId,
  entity_type: 'insight',
  related_entity: 'cust_1',
  timestamp,
  prediction_type: 'churn_risk',
  risk_score: 61.5,
  explanation: 'written directly',
  recommendations: ['call'],
  model_used: 'jobs',
  confidence: 0.5,
  ttl: Math.ceil(Date.now() / 1000) + 30 * 86_400,
  ...more,
})

function attributeOf(value: unknown): object {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (value instanceof Uint8Array) return { B: value }
  if (value instanceof Set) return { SS: [...value] }
  if (Array.isArray(value)) return { L: value.map(attributeOf) }
  if (typeof value === 'object' && value !== null)
    return {
      M: Object.fromEntries(Object.entries(value).map(([name, each]) => [name, attributeOf(each)])),
    }
  return { NULL: true }
}
