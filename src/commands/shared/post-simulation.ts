import { setTimeout as sleep } from 'node:timers/promises'
import { createApi } from '../../client/api/api.ts'
import type { Connection } from '../../client/connection.ts'
import type { Io } from '../../program/io.ts'
import type { Simulation } from '../../simulation/simulation.ts'
import { createRetry } from './retry.ts'

export interface Pace {
  /** Insights a second. */
  readonly rate: number
  readonly count?: number
  /** Milliseconds. */
  readonly duration?: number
}

/** In one request. */
const maxBatch = 500
/** How often a batch goes out at a high rate, in milliseconds. */
const tickMs = 50

/**
 * Posts until count, duration or the signal ends it. When the server can't keep the rate, insights
 * are not piled up: the feed is slower. A server that is restarted is waited for.
 */
export async function postSimulation(
  simulation: Simulation,
  { rate, count = Infinity, duration = Infinity }: Pace,
  connection: Connection,
  { signal, now }: Pick<Io, 'signal' | 'now'>,
  onPosted: (count: number) => void = () => {},
): Promise<void> {
  const api = createApi(connection)
  const retry = createRetry({ signal, now })
  const end = now() + duration
  let posted = 0
  let due = 0
  let before = now()
  while (posted < count && now() < end && !signal.aborted) {
    due = Math.min(due + ((now() - before) / 1000) * rate, maxBatch)
    before = now()
    const size = Math.min(Math.floor(due), count - posted)
    if (size > 0) {
      const batch = Array.from({ length: size }, () => simulation.next(now()))
      await retry(() => api.publish(batch))
      due -= size
      posted += size
      onPosted(size)
    }
    const untilNext = Math.max(tickMs, ((1 - due) / rate) * 1000)
    if (posted < count)
      await sleep(Math.min(untilNext, Math.max(0, end - now())), undefined, { signal }).catch(ignore)
  }
}

const ignore = () => {}
