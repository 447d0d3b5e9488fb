import { type Cursor, parseCursor, type ResetReason } from '../../protocol/cursor.ts'
import type { Filter } from '../../protocol/filter/filter.ts'
import { insightFrame, resetFrame, retryFrame } from '../../protocol/frames.ts'
import type { Store } from '../stores/store.ts'

/** What a stream was asked for. */
export interface StreamRequest {
  /** As the client sent it; undefined starts with a snapshot. */
  readonly lastEventId: string | undefined
  /** How many alerts a snapshot has at most. */
  readonly limit: number
  readonly filter: Filter | undefined
}

/** How a stream begins: its first events, and the position that they have passed. */
export interface Opening {
  readonly text: string
  readonly epoch: string
  readonly position: number
  readonly limit: number
  readonly filter: Filter | undefined
}

/** What an opening needs of the hub. */
interface Here {
  readonly stats: { resets: number }
  readonly store: Store
  readonly epoch: string
  readonly position: number
}

/** Honours the position that was asked for, or says why not and gives a snapshot. Throws what the store throws. */
export async function openStream(here: Here, request: StreamRequest): Promise<Opening> {
  const { lastEventId, limit, filter } = request
  if (lastEventId === undefined) return snapshotOpening(here, request, () => retryFrame)
  const cursor = parseCursor(lastEventId)
  if (cursor?.epoch !== here.epoch) return reset(here, request, 'foreign')
  const reason = await here.store.refuse(cursor)
  if (reason !== undefined) return reset(here, request, reason, cursor.sequence)
  const { epoch, sequence } = cursor
  return { text: retryFrame, epoch, position: sequence, limit, filter }
}

function reset(here: Here, request: StreamRequest, reason: ResetReason, from?: number): Promise<Opening> {
  here.stats.resets++
  return snapshotOpening(
    here,
    request,
    ({ sequence }) => retryFrame + resetFrame(reason, missedEvents(request, reason, from, sequence)),
  )
}

/** How many events came behind a position that has expired; how many of them a filter lets through isn't known. */
export function missedEvents(
  { filter }: Pick<StreamRequest, 'filter'>,
  reason: ResetReason,
  from: number | undefined,
  to: number,
): number | undefined {
  return reason === 'expired' && filter === undefined && from !== undefined ? to - from : undefined
}

/** A snapshot, with what `before` makes of its position in front of it. */
export async function snapshotOpening(
  { store }: Pick<Here, 'store'>,
  { limit, filter }: Pick<StreamRequest, 'limit' | 'filter'>,
  before: (at: Cursor) => string,
): Promise<Opening> {
  const { entries, at } = await store.snapshot({ limit, filter })
  const text = entries.map(({ cursor, json }) => insightFrame(cursor, json)).join('')
  return { text: before(at) + text, epoch: at.epoch, position: at.sequence, limit, filter }
}
