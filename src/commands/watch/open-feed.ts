import type { Connection } from '../../client/connection.ts'
import { createFeed, type Feed } from '../../client/feed/feed.ts'
import { positionFile } from '../../client/position/position-file.ts'
import { createPositionStore, type Position } from '../../client/position/position-store.ts'
import type { Io } from '../../program/io.ts'
import type { WatchOptions } from './watch-options.ts'

/** What `--since` starts with, unless `--limit` says otherwise: as much as a server gives. */
const maxSnapshot = 1000

interface OpenFeed {
  readonly feed: Feed
  /** Where an earlier run was left, when `--resume` found it. */
  readonly left: Position | undefined
  /** Whether `--resume` will find where this run is left. */
  readonly kept: boolean
  /** Ends the feed, and waits until its position is on disk. */
  readonly close: () => Promise<void>
}

/**
 * The feed of a dashboard, not started. A person has seen what came, so its position follows the feed; it is kept
 * where it can be, and has to be with `--resume`.
 */
export async function openFeed(options: WatchOptions, connection: Connection, io: Io): Promise<OpenFeed> {
  const filter = options.filter?.text
  const { streamUrl } = connection
  const { env, now } = io
  const name = options.resume?.name
  const file = positionFile({ name, streamUrl, filter, shape: 'dashboard', env })
  const store = createPositionStore({ file, url: streamUrl, filter, now, pace: 1000 })
  let found: Position | undefined
  let kept = options.resume !== undefined || !options.temporary
  try {
    if (kept) found = await store.load()
  } catch (error) {
    if (options.resume) throw error
    kept = false
  }
  const left = options.resume && found
  const feed = createFeed({
    connection,
    filter: options.filter,
    limit: options.limit ?? (options.since === undefined ? undefined : maxSnapshot),
    lastEventId: left?.lastEventId,
    lastSeen: left?.newest,
    maxAttempts: options.maxAttempts,
    now,
  })
  const note = () => {
    const { lastEventId, newest } = feed.state
    if (lastEventId !== undefined) store.note(lastEventId, newest)
  }
  if (kept) feed.subscribe(note)
  return {
    feed,
    left,
    kept,
    close: async () => {
      if (kept) note()
      feed.close()
      await store.close().catch((error: unknown) => {
        if (options.resume) throw error
      })
    },
  }
}
