/** Each delay is so many times the one before. */
const growth = 1.5
/** Jitter adds up to this share, so that clients of one server don't come back at once. */
const jitter = 0.2
/** A server that names no wait at all is still not stormed: the first delay is at least this, in milliseconds. */
const minDelay = 250

export interface Backoff {
  /** The first delay, as the server's `retry` names it, in milliseconds. */
  readonly retry: number
  /** Growth stops here. A `retry` that is longer by itself is respected. */
  readonly maxRetry: number
  /** Which consecutive attempt waits: 1 is the first after a loss. */
  readonly attempt: number
  /** 0–1; 0 leaves the delay as it is, 1 lengthens it by a fifth. */
  readonly random: number
}

/**
 * 5 → 7.5 → 11.25 → … → 30 s for a `retry` of 5 s, each lengthened by up to a fifth: never below the
 * reconnection time (WHATWG HTML, server-sent events). In milliseconds.
 */
export function backoffDelay({ retry, maxRetry, attempt, random }: Backoff): number {
  const first = Math.max(retry, minDelay)
  const grown = Math.min(first * growth ** (attempt - 1), Math.max(maxRetry, first))
  return Math.round(grown * (1 + jitter * random))
}
