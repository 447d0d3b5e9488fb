import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../program/failure.ts'
import { parseJson } from '../protocol/json.ts'
import { parseFilter } from '../protocol/filter/filter.ts'
import type { Feed } from './feed/feed.ts'

/** Where a feed was left. */
export const Position = z.object({
  lastEventId: z.string().min(1),
  /** Milliseconds since the epoch. */
  at: z.number(),
})
export type Position = z.infer<typeof Position>

export interface PositionOptions {
  /** The stream's URL: each server and path has a position of its own. */
  readonly streamUrl: string
  /** And so has each filter; filters that mean the same share one. */
  readonly filter?: string | undefined
  /** `XDG_STATE_HOME`, by default `~/.local/state`, says where: in its folder `iops`. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now?: () => number
  /** The least time between two writes, in milliseconds; 1000 by default. */
  readonly pace?: number
}

/** The position of one feed, kept across processes. */
export interface PositionStore {
  /**
   * The position that an earlier run left; undefined when there is none that can be read. Throws a
   * {@link Failure} when the folder can't be written, before anything depends on it.
   */
  load(): Promise<Position | undefined>
  /** Follows the feed; the returned function stops, and resolves once the last position is on disk. */
  follow(feed: Feed): () => Promise<void>
}

/**
 * A file is replaced as a whole, so that a crash leaves the one before: the next run then repeats what
 * came in the last moment, and misses nothing. Two runs of the same URL and filter share the file, and
 * the one that writes last wins.
 */
export function createPositionStore(options: PositionOptions): PositionStore {
  const { streamUrl, filter = '', env, now = Date.now, pace = 1000 } = options
  const folder = join(stateHome(env), 'iops', 'positions')
  const identity = `${streamUrl}\n${parseFilter(filter)?.key ?? ''}`
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 24)
  const file = join(folder, `${name}.json`)
  let written: string | undefined

  const write = async ({ state }: Feed) => {
    const { lastEventId } = state
    if (lastEventId === undefined || lastEventId === written) return
    const position: Position = { lastEventId, at: now() }
    const draft = `${file}.${process.pid}`
    try {
      await writeFile(draft, `${JSON.stringify({ ...position, filter })}\n`, { mode: 0o600 })
      await rename(draft, file)
    } catch (error) {
      await rm(draft, { force: true })
      throw cannotKeep(folder, error)
    }
    written = lastEventId
  }

  return {
    async load() {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
      } catch (error) {
        throw cannotKeep(folder, error)
      }
      const position = Position.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')))
      return position.success ? position.data : undefined
    },
    follow(feed) {
      // One write at a time, in order; a failure shows at the end, where somebody waits for it.
      let writing = Promise.resolve()
      let timer: NodeJS.Timeout | undefined
      const keep = () => {
        timer = undefined
        writing = writing.catch(() => {}).then(() => write(feed))
        writing.catch(() => {})
      }
      const unsubscribe = feed.subscribe(() => (timer ??= setTimeout(keep, pace).unref()))
      return async () => {
        unsubscribe()
        clearTimeout(timer)
        keep()
        await writing
      }
    },
  }
}

/** An XDG path that is not absolute is to be ignored (XDG Base Directory Specification). */
function stateHome(env: PositionOptions['env']): string {
  const { XDG_STATE_HOME: home = '', HOME = homedir() } = env
  return isAbsolute(home) ? home : join(HOME, '.local', 'state')
}

function cannotKeep(folder: string, error: unknown): Failure {
  const { code = 'failed' } = error as NodeJS.ErrnoException
  return new Failure('failed', `the position of this feed can't be kept in ${folder} (${code})`, {
    hint: 'Make the folder writable, or name another with XDG_STATE_HOME.',
    cause: error,
  })
}
