import { type Api, createApi as createApiOver } from '../client/api/api.ts'
import { type ConnectionOptions, createConnection } from '../client/connection.ts'
import { createLiveFeed, type LiveFeed } from '../client/feed/consumer.ts'
import type { HttpConnection } from '../client/http/http-connection.ts'
import { isPositionName, positionFile } from '../client/position/position-file.ts'
import { lockPosition } from '../client/position/position-lock.ts'
import { createPositionStore } from '../client/position/position-store.ts'
import { createTokenSource } from '../client/token.ts'
import { readToken } from '../client/token-source.ts'
import { Failure } from '../program/failure.ts'
import type { FeedOptions } from './client.ts'

export * from './client-types.ts'

export interface NodeConnectionOptions {
  /** A base URL, or the stream's own. */
  readonly url: string
  /** A token, or a function that gives one: asked at the first request, and again when the server answers 401. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined
  /** A file whose first line is the token; read again on 401. */
  readonly tokenFile?: string | undefined
  /** A command that prints the token; run again on 401. */
  readonly tokenCommand?: string | undefined
  /** A PEM file of authorities to trust besides the system's. */
  readonly ca?: string | undefined
  /** For `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` and `XDG_STATE_HOME`; `process.env` by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
}

export interface NodeFeedOptions
  extends NodeConnectionOptions, Omit<FeedOptions, 'url' | 'token' | 'fetch' | 'lastEventId'> {
  /** Goes on after this position. */
  readonly lastEventId?: string | undefined
  /**
   * Keeps the position under this name, as `iops watch --resume=NAME` does, and goes on from it. A second process with the
   * same name is refused.
   */
  readonly position?: string | undefined
}

export interface NodeFeed extends LiveFeed, AsyncDisposable {
  /** Closes the feed; resolves once its position is on disk. */
  end(): Promise<void>
}

/**
 * A live feed with proxies, authorities, token commands and a position that outlives the process: what was not handled
 * when it ended comes again. Throws a {@link Failure} where the position can't be read or is in use.
 */
export async function openFeed(options: NodeFeedOptions): Promise<NodeFeed> {
  const { position, filter, limit, signal, maxAttempts, manualAck, onGap, timing, lastEventId } = options
  const connection = connect(options)
  const kept = position === undefined ? undefined : await openPosition(position, connection, options)
  const feed = createLiveFeed({
    connection,
    filter,
    limit,
    signal,
    maxAttempts,
    manualAck,
    onGap,
    ...(timing && { timing }),
    lastEventId: lastEventId ?? kept?.left?.lastEventId,
    lastSeenAt: kept?.left?.at,
    lastSeen: kept?.left?.newest,
    onPosition: (id, newest) => kept?.store.note(id, newest),
  })
  const end = async () => {
    feed.close()
    try {
      await kept?.store.close()
    } finally {
      kept?.release()
      await connection.close()
    }
  }
  return Object.assign(feed, { end, [Symbol.asyncDispose]: end })
}

/** The REST calls of a server. */
export const createApi = (options: NodeConnectionOptions): Api => createApiOver(connect(options))

function connect({ url, token, tokenFile, tokenCommand, ca, env = process.env }: NodeConnectionOptions) {
  const origin = { file: tokenFile, command: tokenCommand, env: {} }
  const source: ConnectionOptions['token'] =
    typeof token === 'function'
      ? readToken(async () => token())
      : (token ?? createTokenSource({ ...origin, env: tokenCommand === undefined ? {} : env }))
  return createConnection({ url, token: source, ca, env })
}

async function openPosition(
  name: string,
  { streamUrl }: HttpConnection,
  { filter, env = process.env }: NodeFeedOptions,
) {
  if (!isPositionName(name)) throw new Failure('usage', `"${name}" can't name a position`)
  const file = positionFile({ name, streamUrl, filter, shape: 'lines', env })
  const store = createPositionStore({ file, url: streamUrl, filter })
  const left = await store.load()
  const lock = lockPosition(file)
  if ('holder' in lock)
    throw new Failure('failed', `the position "${name}" is in use by process ${lock.holder}`)
  return { left, store, release: () => lock.release() }
}
