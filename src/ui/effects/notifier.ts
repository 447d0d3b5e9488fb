import type { FeedEvent } from '../../client/feed/feed.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { statusOrOpen } from '../../protocol/status.ts'
import { sanitize } from '../../text/sanitize.ts'
import { riskText } from '../../text/words.ts'
import { passThrough } from './tmux.ts'

const quietMs = 10_000

/**
 * Bell and OSC 9 notification for criticals that are new: never for snapshot or replay, nor for
 * another version of one that was critical before, and at most once in ten seconds.
 */
export class Notifier {
  readonly #write: (sequence: string) => void
  readonly #env: Readonly<Record<string, string | undefined>>
  #rangAt = Number.NEGATIVE_INFINITY

  constructor(write: (sequence: string) => void, env: Readonly<Record<string, string | undefined>>) {
    this.#write = write
    this.#env = env
  }

  notice(event: FeedEvent, wasCritical: boolean): void {
    if (event.type !== 'insight' || event.phase !== 'live' || wasCritical) return
    const { insight, receivedAt } = event
    if (severityOfInsight(insight) !== 'critical' || statusOrOpen(insight.status) !== 'open') return
    if (receivedAt - this.#rangAt < quietMs) return
    this.#rangAt = receivedAt
    const words = sanitize(`${insight.entity_id}: ${insight.explanation}`.slice(0, 120)).replaceAll(';', ',')
    this.#write(
      `\u0007${passThrough(`\u001b]9;critical ${riskText(insight.risk_score)} ${words}\u0007`, this.#env)}`,
    )
  }
}
