import type { Log } from '../../src/server/log.ts'
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/node.ts'
import { MemoryStore } from './memory-store.ts'

const quiet: Log = () => {}

/** A server on a free port, over a store in memory unless another is given. Ends with `await using`. */
export async function runServer(
  options: Partial<ServerOptions> = {},
): Promise<RunningServer & AsyncDisposable & { store: ServerOptions['store'] }> {
  const store = options.store ?? new MemoryStore()
  const server = await startServer({ log: quiet, ...options, store })
  return {
    ...server,
    store,
    async [Symbol.asyncDispose]() {
      await server.close()
      await store.close()
    },
  }
}
