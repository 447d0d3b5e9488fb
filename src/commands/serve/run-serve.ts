import { readFile } from 'node:fs/promises'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { keepYoungHeapSmall } from '../../program/memory.ts'
import { type ListenAddress, resolveListenAddress } from '../../server/http/access/listen-address.ts'
import { startServer } from '../../server/http/node-server.ts'
import type { Mappings } from '../../server/mapping/read-mappings.ts'
import { SnsTopics } from '../../server/sources/cloudwatch/sns-topics.ts'
import { StoreUnavailable } from '../../server/stores/store.ts'
import { openStore } from '../../server/stores/open.ts'
import { createLogger } from '../../server/telemetry/logger.ts'
import { StoreEvents } from '../../server/telemetry/store-events.ts'
import { listenFailure } from './listen-failure.ts'
import type { ServeOptions } from './serve-options.ts'

/** Serves until the signal aborts; then ends every stream, and what was accepted is on disk. */
export async function runServe(options: ServeOptions, io: Io): Promise<void> {
  keepYoungHeapSmall()
  const { host, port, store: address, repair } = options
  const token = options.tokenFile === undefined ? options.token : await readToken(options.tokenFile)
  const listen = await resolveListenAddress(host).catch((error: unknown) => {
    throw listenFailure(error, host, port)
  })
  checkExposure(listen, token, options.insecure)
  const mappings = await readSources(options.sources)
  const severityMap = new Map([...(mappings?.severityMap ?? []), ...(await readWords(options.severityMap))])
  const now = () => new Date(io.now())
  const logger = createLogger(io.stderr as NodeJS.WriteStream, now)
  const storeEvents = new StoreEvents()
  const retention = { maxAgeMs: options.retainAgeMs, maxInsights: options.retainCount }
  const store = await openStore(address, {
    logger,
    retention,
    repair,
    count: storeEvents.count,
    spend: storeEvents.spend,
  })
  try {
    const { allowHosts, corsOrigins } = options
    const access = { listen, port, token, allowHosts, corsOrigins }
    const topics = new SnsTopics(options.snsTopics)
    const storeTime = () => new Date(store.now?.() ?? io.now())
    const settings = {
      store,
      logger,
      now: storeTime,
      storeEvents,
      severityMap,
      topics,
      mappings: mappings?.sources ?? {},
      ...access,
    }
    const server = await startServer(settings).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) throw new Failure('unreachable', error.message, { cause: error })
      throw listenFailure(error, host, port)
    })
    logger('info', `iops serve listening on ${server.url}`, { store: address })
    await stopped(io.signal)
    logger('info', 'shutting down', { streams: server.hub.subscribers })
    await server.close()
  } finally {
    await store.close()
  }
}

/** Refuses to let everyone on a network read and write. */
function checkExposure(
  { host, address, loopback }: ListenAddress,
  token: string | undefined,
  insecure: boolean,
): void {
  if (loopback || token !== undefined || insecure) return
  const where = host === address ? address : `${host} (${address})`
  throw new Failure(
    'usage',
    `${where} can be reached from other machines, and there is no token to ask for`,
    {
      hint: 'set IOPS_SERVER_TOKEN or --token-file; --insecure lets anyone there read and change alerts',
    },
  )
}

async function readWords(path: string | undefined): Promise<ReadonlyMap<string, number>> {
  if (path === undefined) return new Map()
  const { readSeverityMap } = await import('../../server/sources/severity-map.ts')
  return readSeverityMap(path)
}

async function readSources(path: string | undefined): Promise<Mappings | undefined> {
  if (path === undefined) return undefined
  const { readMappings } = await import('../../server/mapping/read-mappings.ts')
  return readMappings(path)
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function readToken(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    throw new Failure('failed', `the token file can not be read: ${message}`, { cause: error })
  })
  const token = text.trim()
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new Failure('failed', `${path} must hold one token of printable ASCII without spaces`)
}
