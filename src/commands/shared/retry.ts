import { setTimeout as sleep } from 'node:timers/promises'
import { PassingFailure } from '../../client/api/passing-failure.ts'
import type { Io } from '../../program/io.ts'

export interface RetryOptions extends Pick<Io, 'signal' | 'now'> {
  /**
   * How long a call goes on after its first failure, in milliseconds; each call anew. By default 5
   * minutes once the server has answered well. Before that nobody knows whether the URL is right: a busy
   * server is tried for 20 s, and one that can't be reached not at all.
   */
  readonly retryFor?: number | undefined
  /** Told before each wait. */
  readonly onRetry?: (failure: PassingFailure, waitMs: number) => void
}

const defaultRetryFor = 300_000
const untriedRetryFor = 20_000

const firstWait = 500
const maxWait = 5000

/**
 * Runs calls that change nothing when they are repeated, again and again while the server is away or
 * busy, as long as `Retry-After` says or with growing waits. The last try is at the very end of the time.
 */
export function createRetry(options: RetryOptions): <T>(call: () => Promise<T>) => Promise<T> {
  const { signal, now, onRetry } = options
  let hasAnswered = false
  const boundFor = ({ kind }: PassingFailure) => {
    if (options.retryFor !== undefined) return options.retryFor
    if (hasAnswered) return defaultRetryFor
    return kind === 'busy' ? untriedRetryFor : 0
  }

  return async (call) => {
    let failedAt: number | undefined
    // A timer may fire a moment early: what is then left is no time for another try.
    let isLast = false
    for (let wait = firstWait; ; wait = Math.min(wait * 2, maxWait)) {
      try {
        const result = await call()
        hasAnswered = true
        return result
      } catch (error) {
        if (!(error instanceof PassingFailure) || signal.aborted) throw error
        failedAt ??= now()
        const left = failedAt + boundFor(error) - now()
        const pause = error.retryAfter ?? Math.min(wait, left)
        if (isLast || left <= 0 || pause > left) throw error
        isLast = pause === left
        onRetry?.(error, pause)
        await sleep(pause, undefined, { signal })
      }
    }
  }
}
