import type { Failure } from '../failure.ts'
import type { Insight } from '../protocol/insight.ts'
import type { Connection } from './connection.ts'

/**
 * - `connecting`: the first attempt, or one under way after a wait
 * - `live`: connected; heard from within 2.5 beats
 * - `retrying`: waiting for the next attempt, which `nextTryAt` names
 * - `stopped`: for good (refused, ended by the server, out of attempts, or closed)
 */
export type FeedStatus = 'connecting' | 'live' | 'retrying' | 'stopped'

/** Where the feed stands. Immutable; times are milliseconds since the epoch on this machine's clock. */
export interface FeedState {
  readonly status: FeedStatus
  /** Consecutive attempts that failed; 0 once a connection is stable. */
  readonly attempt: number
  readonly nextTryAt: number | undefined
  /** Why the link is down or was stopped, in words (`ECONNREFUSED`, `503 Service Unavailable`, `no beat for 38 s`). */
  readonly reason: string | undefined
  /** Whether being stopped means not allowed (401, 403): the command exits 4. */
  readonly refused: boolean
  /** What a command throws when the feed stopped by itself; undefined while it runs, and once closed. */
  readonly failure: Failure | undefined
  readonly connectedAt: number | undefined
  readonly disconnectedAt: number | undefined
  readonly lastByteAt: number | undefined
  readonly lastBeatAt: number | undefined
  readonly lastEventAt: number | undefined
  /** False on a server that sends no beats (an older one): silence then proves nothing. */
  readonly beats: boolean
  /** The server's clock minus ours, in ms; undefined until a beat told. */
  readonly skewMs: number | undefined
  /** From the timestamp of the last live insight to its arrival, by the server's clock, in ms. */
  readonly lagMs: number | undefined
  /** The last position, to resume from. Undefined on a server without ids. */
  readonly lastEventId: string | undefined
  /** Distinct insights delivered since the start, and of these how many were replayed after a cut. */
  readonly delivered: number
  readonly replayed: number
  /** Repeats that were recognised and not delivered. */
  readonly duplicates: number
  /** Times that the server could not continue from our position, so that alerts may be missing. */
  readonly gaps: number
}

/** `snapshot`: what was there at the start or after a gap; `replay`: missed while the link was down. */
export type FeedPhase = 'snapshot' | 'replay' | 'live'

export type FeedEvent =
  | {
      readonly type: 'insight'
      readonly insight: Insight
      /** The event's id; undefined on a server without ids. */
      readonly id: string | undefined
      readonly phase: FeedPhase
      readonly receivedAt: number
    }
  /** The link is back after a cut: what was replayed, and whether the position was honoured. */
  | {
      readonly type: 'resumed'
      readonly downAt: number
      readonly upAt: number
      readonly replayed: number
      /** The server could not continue from our position: `expired`, `foreign`, `ahead`, or `no-ids`. */
      readonly gap: string | undefined
    }
  /** Something on the stream that is no insight, in words. Nothing is dropped in silence. */
  | { readonly type: 'fault'; readonly message: string }
  | { readonly type: 'state'; readonly state: FeedState }

/**
 * One live feed. Each insight version is delivered once, in the server's order; events arrive
 * synchronously, in bursts as the network brings them, so consumers batch before they draw.
 */
export interface Feed {
  readonly state: FeedState
  /** Returns the unsubscribe. A listener that throws does not stop the others. */
  subscribe(listener: (event: FeedEvent) => void): () => void
  /** Connects; nothing happens before. */
  start(): void
  /** Tries now instead of at `nextTryAt`. */
  reconnect(): void
  /** Ends the feed and its connection. */
  close(): void
}

export interface FeedOptions {
  /** The feed does not close it. */
  readonly connection: Connection
  /** Narrows the feed at the server; the one filter grammar. */
  readonly filter?: string | undefined
  /** How many alerts the snapshot holds, 0–1000; the server's default is 10. */
  readonly limit?: number | undefined
  /** Continues after this position, as kept from an earlier run, instead of with a snapshot. */
  readonly lastEventId?: string | undefined
  /** Consecutive failed attempts after which the feed stops; never by default. */
  readonly maxAttempts?: number | undefined
  /** Milliseconds since the epoch; `Date.now` by default. */
  readonly now?: () => number
  /** 0–1, for the jitter; `Math.random` by default. */
  readonly random?: () => number
  readonly timing?: Partial<FeedTiming>
}

/** In milliseconds. */
export interface FeedTiming {
  /** The first delay before a reconnect, until the server names its own: 5000. */
  readonly retry: number
  /** The longest delay: 30 000. */
  readonly maxRetry: number
  /** How often a server beats: 15 000. A link that is silent for 2.5 of them is cut. */
  readonly beat: number
  /** How long an answer may take to begin: 30 000. */
  readonly answer: number
  /** Without a beat, a connection counts as stable once it has lived so long: 10 000. */
  readonly stable: number
}

/** A feed that is not started yet. */
export function createFeed(_options: FeedOptions): Feed {
  throw new Error('not there yet')
}
