import type { Logger } from '../../src/server/telemetry/logger.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/http/node-server.ts'
import { MemoryStore } from './memory-store.ts'

const quiet: Logger = () => {}

export interface TestServer extends RunningServer, AsyncDisposable {
  /** Its store, unless another was given. */
  readonly memory: MemoryStore
}

/** A server on a free port, over a store in memory unless another is given. Ends with `await using`. */
export async function runServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const memory = new MemoryStore()
  const server = await startServer({ store: memory, logger: quiet, ...options })
  return { ...server, memory, [Symbol.asyncDispose]: () => server.close() }
}

/** Posts JSON; the status and what came back. */
async function post(
  { url }: Pick<RunningServer, 'url'>,
  path: string,
  body: unknown,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}

/** Posts one insight and waits until it is durable. */
export async function publishOne(server: Pick<RunningServer, 'url'>, fields: object = {}): Promise<void> {
  const { status } = await post(server, '/insights', { entity_id: 'cust_1', risk_score: 50, ...fields })
  if (status !== 201) throw new Error(`publishing answered ${status}`)
}
