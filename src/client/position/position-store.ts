import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../program/failure.ts'
import { parseFilter } from '../../protocol/filter/filter.ts'
import { parseJson } from '../../protocol/json.ts'

/** Where a consumer of a feed was left. */
export interface Position {
  /** Everything up to this one was handled. */
  readonly lastEventId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The time of the newest alert among them, in milliseconds since the epoch. */
  readonly newest?: number | undefined
  /** What the consumer watched then. */
  readonly url?: string | undefined
  readonly filter?: string | undefined
}

export interface PositionStoreOptions {
  readonly file: string
  readonly url: string
  readonly filter?: string | undefined
  readonly now?: () => number
  /** The least time between two writes, in milliseconds; 250 by default. */
  readonly pace?: number
  /** Called once when writing begins to fail, and again only after it worked in between. */
  readonly onFailure?: (failure: Failure) => void
}

/** The position of one consumer, kept across processes. */
export interface PositionStore {
  /**
   * The position that an earlier run left; undefined when there is none. Throws a {@link Failure} when the file
   * can't be read or its folder can't be written, before anything depends on it.
   */
  load(): Promise<Position | undefined>
  /** Everything up to this id was handled. Written at once, or as soon as the pace allows. */
  note(lastEventId: string, newest?: number): void
  /** Resolves once the last position is on disk; throws a {@link Failure} when it can't be. */
  close(): Promise<void>
}

/** A file is replaced as a whole: a crash leaves the one before, and the next run repeats a little. */
export function createPositionStore(options: PositionStoreOptions): PositionStore {
  const { file, url, filter = '', now = Date.now, pace = 250, onFailure } = options
  const draft = `${file}.${process.pid}`
  let wanted: string | undefined
  let newest: number | undefined
  let written: string | undefined
  let failing = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined

  const replace = async (lastEventId: string) => {
    const position: Position = { lastEventId, at: now(), newest, url, filter }
    try {
      await writeFile(draft, `${JSON.stringify(position)}\n`, { mode: 0o600, flush: true })
      await rename(draft, file)
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {})
      throw cannotKeep(file, error)
    }
    written = lastEventId
    failing = false
  }
  const schedule = () => {
    if (timer !== undefined || writing !== undefined || wanted === undefined || wanted === written) return
    writing = replace(wanted)
      .catch((error: unknown) => {
        if (!failing) onFailure?.(error as Failure)
        failing = true
      })
      .finally(() => {
        writing = undefined
        timer = setTimeout(() => {
          timer = undefined
          schedule()
        }, pace).unref()
      })
  }

  return {
    async load() {
      await prepare(file, draft)
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw new Failure('failed', `the position in ${file} can't be read (${error.code ?? 'failed'})`)
      })
      if (text === undefined) return undefined
      const position = readPosition(parseJson(text))
      if (position) {
        newest = position.newest
        return position
      }
      throw new Failure('failed', `the position in ${file} is damaged`, {
        hint: 'Remove that file to start anew; what came since the last run is then not brought.',
      })
    },
    note(lastEventId, newestNow) {
      wanted = lastEventId
      newest = newestNow ?? newest
      schedule()
    },
    async close() {
      await writing
      clearTimeout(timer)
      if (wanted !== undefined && wanted !== written) await replace(wanted)
    },
  }
}

/** Undefined for what is no position. Without a schema: every watch would load what that takes. */
function readPosition(value: unknown): Position | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { lastEventId, at, newest, url, filter } = value as Readonly<Record<string, unknown>>
  if (typeof lastEventId !== 'string' || lastEventId === '' || typeof at !== 'number') return undefined
  if (newest !== undefined && typeof newest !== 'number') return undefined
  if (url !== undefined && typeof url !== 'string') return undefined
  if (filter !== undefined && typeof filter !== 'string') return undefined
  return { lastEventId, at, newest, url, filter }
}

/** Whether two filters let the same alerts through. */
export const sameFilter = (one = '', other = ''): boolean => parseFilter(one)?.key === parseFilter(other)?.key

async function prepare(file: string, draft: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeFile(draft, '', { mode: 0o600 })
    await rm(draft)
  } catch (error) {
    throw cannotKeep(file, error)
  }
}

function cannotKeep(file: string, error: unknown): Failure {
  const { code = 'failed' } = error as NodeJS.ErrnoException
  return new Failure('failed', `the position of this feed can't be kept in ${dirname(file)} (${code})`, {
    hint: 'Make the folder writable, or name another with XDG_STATE_HOME.',
    cause: error,
  })
}
