import type { Connection } from '../../client/connection.ts'
import { createFeed, type Feed } from '../../client/feed/feed.ts'
import { createPositionStore, type Position } from '../../client/position.ts'
import type { Io } from '../../program/io.ts'
import type { WatchFlags } from '../watch.ts'

/** What `--since` starts with, unless `--limit` says otherwise: as much as a server gives. */
const mostInSnapshot = 1000

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
 * The feed that the flags ask for, not started. With `--resume` its position is kept across runs, and
 * failing to is a failure; `keep` asks for the same where it can be had.
 */
export async function openFeed(
  flags: WatchFlags,
  connection: Connection,
  io: Io,
  { keep }: { readonly keep: boolean },
): Promise<OpenFeed> {
  const filter = flags.filter?.text
  const positions = createPositionStore({
    streamUrl: connection.streamUrl,
    filter,
    env: io.env,
    now: io.now,
  })
  let found: Position | undefined
  let kept = flags.resume ?? keep
  try {
    if (kept) found = await positions.load()
  } catch (error) {
    if (flags.resume) throw error
    kept = false
  }
  const left = flags.resume ? found : undefined
  const feed = createFeed({
    connection,
    filter,
    limit: flags.limit ?? (flags.since === undefined ? undefined : mostInSnapshot),
    lastEventId: left?.lastEventId,
    maxAttempts: flags.maxAttempts,
    now: io.now,
  })
  const stop = kept ? positions.follow(feed) : undefined
  return {
    feed,
    left,
    kept,
    close: async () => {
      feed.close()
      await stop?.().catch((error: unknown) => {
        if (flags.resume) throw error
      })
    },
  }
}
