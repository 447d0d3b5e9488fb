import type { Connection } from '../../client/connection.ts'
import { positionFile } from '../../client/position/position-file.ts'
import {
  createPositionStore,
  type Position,
  type PositionStore,
  sameFilter,
} from '../../client/position/position-store.ts'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import type { WatchOptions } from './watch-options.ts'

export interface OpenPosition {
  /** Where an earlier run was left. */
  readonly left: Position | undefined
  readonly note: PositionStore['note']
  /** Writes the last one. Throws a {@link Failure} when it can't be kept. */
  readonly close: () => Promise<void>
}

/**
 * The position that `--resume` keeps for a script. A name is one consumer: a second process with it is refused.
 * Without a name the URL, the filter and the kind of consumer tell it.
 */
export async function openPosition(
  { resume, filter, exec }: WatchOptions,
  { streamUrl }: Connection,
  { env, now }: Pick<Io, 'env' | 'now'>,
  say: (message: string) => void,
): Promise<OpenPosition | undefined> {
  if (resume === undefined) return undefined
  const { name } = resume
  const shape = exec === undefined ? 'lines' : 'exec'
  const file = positionFile({ name, streamUrl, filter: filter?.text, shape, env })
  const store = createPositionStore({
    file,
    url: streamUrl,
    filter: filter?.text,
    now,
    onFailure: ({ message }) => say(`${message}; trying again`),
  })
  const left = await store.load()
  const { lockPosition } = await import('../../client/position/position-lock.ts')
  const lock = lockPosition(file)
  if ('holder' in lock) {
    if (name !== undefined)
      throw new Failure('failed', `the position "${name}" is in use by process ${lock.holder}`, {
        hint: 'End that watch, or give this one another name: --resume=NAME',
      })
    say(`process ${lock.holder} watches the same and keeps this position, too; --resume=NAME keeps one apart`)
  }
  if (name !== undefined) tellDifference(name, left, { streamUrl, filter: filter?.text }, say)
  return {
    left,
    note: (id, newest) => store.note(id, newest),
    close: async () => {
      try {
        await store.close()
      } finally {
        if ('release' in lock) lock.release()
      }
    },
  }
}

function tellDifference(
  name: string,
  left: Position | undefined,
  { streamUrl, filter = '' }: { readonly streamUrl: string; readonly filter: string | undefined },
  say: (message: string) => void,
): void {
  if (left === undefined) return say(`nothing is kept as "${name}" yet: starting with the newest alerts`)
  if (left.url !== undefined && left.url !== streamUrl)
    say(`the position "${name}" was kept at ${left.url}, and goes on at ${streamUrl}`)
  if (!sameFilter(left.filter, filter))
    say(
      `the position "${name}" was kept with the filter '${left.filter ?? ''}': what that hid before is not brought again`,
    )
}
