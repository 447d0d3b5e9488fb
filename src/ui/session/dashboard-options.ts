import type { Api } from '../../client/api/api.ts'
import type { Feed, FeedState } from '../../client/feed/feed.ts'
import type { ColorLevel } from '../../text/color-level.ts'
import type { TakenTerminal } from '../screen/take-terminal.ts'

export interface DashboardOptions {
  /** Not started yet: the dashboard starts it, and closes it at its end. */
  readonly feed: Feed
  readonly api: Api
  /** As the header shows it, and as it stands in the commands that are shown. */
  readonly url: string
  /** The filter to begin with, as typed. */
  readonly filter?: string | undefined
  /** Who acknowledges. */
  readonly user: string
  readonly color: ColorLevel
  readonly ascii: boolean
  /** One line per change instead of a screen. */
  readonly screenReader: boolean
  /** What happened since the last visit, in words; shown when the dashboard opens. */
  readonly sinceYouLeft?: string | undefined
  /** Ends the dashboard when it aborts, with `condition`. */
  readonly condition?: AbortSignal | undefined
  /** The command that goes on from the feed's position; undefined where there is none. */
  readonly resumeCommand?: ((state: FeedState) => string | undefined) | undefined
  /** Where ^S saves. */
  readonly directory?: string | undefined
  /** The terminal, where it has been taken over already. */
  readonly taken?: TakenTerminal | undefined
  /** Alerts held at most; 50,000 by default. */
  readonly capacity?: number | undefined
}

/**
 * How the dashboard ended: `quit` by a key, `signal` by one (`^C` is SIGINT), `stopped` because the
 * feed gave up before anything was shown, `condition` because it was met.
 */
export interface DashboardEnd {
  readonly reason: 'quit' | 'signal' | 'stopped' | 'condition'
  readonly signal: string | undefined
  /** The feed's last state. */
  readonly feed: FeedState
  /** One line for the primary screen, which has been written already. */
  readonly summary: string
}
