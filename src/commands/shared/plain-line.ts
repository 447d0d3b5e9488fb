import type { Insight } from '../../protocol/insight/insight.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { sanitize } from '../../text/sanitize.ts'
import { padEnd, padStart } from '../../text/width.ts'
import { riskText, severityText, shortStatus, timeText } from '../../text/words.ts'
import type { Appearance } from './appearance.ts'

/**
 * One event on one line, for people and `grep`: columns line up while values have usual lengths, and
 * nothing is ever cut. No colour, whatever the terminal.
 */
export function plainLine(insight: Insight, look: Appearance): string {
  return [
    timeText(insight.timestamp),
    padStart(riskText(insight.risk_score), 4),
    severityText(severityOfInsight(insight), look.glyphs),
    padEnd(shortStatus(insight.status), 8),
    padEnd(sanitize(insight.prediction_type), 15),
    padEnd(sanitize(insight.entity_id), 14),
    `${sanitize(insight.explanation)} [${sanitize(insight.alert_id)}]`,
  ].join('  ')
}
