import type { Failure } from '../../program/failure.ts'

/**
 * - `connecting`: the first attempt, or one under way after a wait
 * - `live`: connected; heard from within 2.5 beats. Also between two visits to a server that ends each
 *   response after its events (an older one): `nextTryAt` then names the next visit
 * - `retrying`: waiting for the next attempt, which `nextTryAt` names
 * - `stopped`: for good (refused, ended by the server, out of attempts, or closed)
 */
export type FeedStatus = 'connecting' | 'live' | 'retrying' | 'stopped'

/** What a connection brought before the server said that this is all there was. */
export interface CatchUp {
  /** `replay` of what was missed since a position, or a `snapshot`. */
  readonly phase: 'snapshot' | 'replay'
  /** Events so far, repeats included. */
  readonly received: number
  /** The time of the newest alert among them, by the server's clock, in ms; undefined before the first. */
  readonly reached: number | undefined
}

/** Where the feed stands. Immutable; times are milliseconds since the epoch on this machine's clock. */
export interface FeedState {
  readonly status: FeedStatus
  /** Consecutive attempts that failed; 0 once a connection is stable. */
  readonly attempt: number
  readonly nextTryAt: number | undefined
  /** Why the link is down or was stopped, in words (`connection refused (ECONNREFUSED)`, `no byte for 38 s`). */
  readonly reason: string | undefined
  /** Whether being stopped means not allowed (401, 403): the command exits 4. */
  readonly refused: boolean
  /**
   * What a command throws when the feed stopped by itself; undefined while it runs, once closed, and
   * when the server said that there is no more (204).
   */
  readonly failure: Failure | undefined
  readonly connectedAt: number | undefined
  readonly disconnectedAt: number | undefined
  /** Undefined once the connection at hand has caught up (its first beat), and while there is none. */
  readonly catchUp: CatchUp | undefined
  readonly lastByteAt: number | undefined
  /** Of the connection at hand, or of the last one while there is none. */
  readonly lastBeatAt: number | undefined
  readonly lastEventAt: number | undefined
  /** False on a server that sends no beats (an older one): silence then proves nothing. */
  readonly beats: boolean
  /** How often the server beats, as far as it was heard, in ms. */
  readonly beatMs: number
  /** The server's clock minus ours, in ms; undefined until a beat told. */
  readonly skewMs: number | undefined
  /** From the timestamp of this connection's last live insight to its arrival, by the server's clock, in ms. */
  readonly lagMs: number | undefined
  /** The last position, to resume from. Undefined on a server without ids. */
  readonly lastEventId: string | undefined
  /** Distinct insights delivered since the start, and of these how many were replayed after a cut. */
  readonly delivered: number
  readonly replayed: number
  /** Repeats that were recognised and not delivered. */
  readonly duplicates: number
  /** Times that the server could not continue from our position, and of these how many REST healed without a rest. */
  readonly gaps: number
  readonly healed: number
  /** Alerts that were read over REST because of a gap. */
  readonly recovered: number
  /** The time of the newest alert delivered, in milliseconds; undefined before the first. */
  readonly newest: number | undefined
}

type Fields = { -readonly [Name in keyof FeedState]: FeedState[Name] }

/** Keeps the state; a copy is made only when somebody looks. */
export class FeedRecord {
  #fields: Fields
  #copy: FeedState | undefined

  constructor(lastEventId: string | undefined, beatMs: number) {
    this.#fields = {
      status: 'connecting',
      attempt: 0,
      nextTryAt: undefined,
      reason: undefined,
      refused: false,
      failure: undefined,
      connectedAt: undefined,
      disconnectedAt: undefined,
      catchUp: undefined,
      lastByteAt: undefined,
      lastBeatAt: undefined,
      lastEventAt: undefined,
      beats: false,
      beatMs,
      skewMs: undefined,
      lagMs: undefined,
      lastEventId,
      delivered: 0,
      replayed: 0,
      duplicates: 0,
      gaps: 0,
      healed: 0,
      recovered: 0,
      newest: undefined,
    }
  }

  get state(): FeedState {
    return (this.#copy ??= Object.freeze({ ...this.#fields }))
  }

  note(change: Partial<Fields>): void {
    Object.assign(this.#fields, change)
    this.#copy = undefined
  }

  count(name: 'delivered' | 'replayed' | 'duplicates' | 'gaps' | 'healed' | 'recovered', by = 1): void {
    this.#fields[name] += by
    this.#copy = undefined
  }
}
