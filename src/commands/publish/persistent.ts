import { setTimeout as sleep } from 'node:timers/promises'
import type { Response } from 'undici'
import type { Connection } from '../../client/connection.ts'
import { explainNetworkFault } from '../../client/network-fault.ts'

interface PersistentOptions {
  /** The bound on all tries together, in milliseconds. */
  readonly patience: number
  readonly signal: AbortSignal
  readonly now: () => number
  /** Told before each wait, with the reason in words and the wait in milliseconds. */
  readonly onRetry: (reason: string, waitMs: number) => void
}

const firstWait = 500
const longestWait = 8000

/**
 * The same way to the server, tried again while it is busy (429, 503, as long as Retry-After says)
 * or, once it has answered, can't be reached (it is being restarted). Only for requests that change nothing when they are repeated.
 */
export function persistent(connection: Connection, options: PersistentOptions): Connection {
  let answered = false
  return {
    ...connection,
    async fetch(url, init = {}) {
      const end = options.now() + options.patience
      for (let wait = firstWait; ; wait = Math.min(wait * 2, longestWait)) {
        const outcome = await connection.fetch(url, init).catch((error: unknown) => ({ error }))
        const busy = 'error' in outcome ? undefined : busyFor(outcome)
        if (!('error' in outcome) && busy === undefined) return outcome
        const gone = 'error' in outcome && (!answered || explainNetworkFault(outcome.error).lasting)
        answered ||= !('error' in outcome)
        const pause = busy ?? wait
        if (gone || options.signal.aborted || options.now() + pause > end) {
          if ('error' in outcome) throw outcome.error
          return outcome
        }
        options.onRetry(
          'error' in outcome ? "the server can't be reached" : `the server is busy (${outcome.status})`,
          pause,
        )
        if (!('error' in outcome)) await outcome.body?.cancel()
        await sleep(pause, undefined, { signal: options.signal })
      }
    },
  }
}

/** Milliseconds to wait; undefined when the answer is one. */
function busyFor(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined
  const seconds = response.headers.get('retry-after')
  return seconds !== null && /^\d{1,4}$/.test(seconds) ? Math.max(Number(seconds) * 1000, 100) : firstWait
}
