import type { Insight } from '../../protocol/insight/insight.ts'
import { encodeInsight } from '../../protocol/insight/encode.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { sanitize } from '../../text/sanitize.ts'
import type { CopyForm } from '../model/effect.ts'
import { shellQuote } from '../../text/shell-quote.ts'
import { riskText, statusText, timeText } from '../../text/words.ts'
import { passThrough } from './tmux.ts'

/** What terminals take at most (xterm's default bound), in bytes of base64. */
const maxBase64 = 100_000

/** OSC 52: asks the terminal to put the text on the clipboard. Undefined when it is too long. */
export function clipboardSequence(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const data = Buffer.from(text, 'utf8').toString('base64')
  return data.length > maxBase64 ? undefined : passThrough(`\u001b]52;c;${data}\u0007`, env)
}

/** The alert as text to take along. */
export function copyText(insight: Insight, form: CopyForm, url: string): string {
  switch (form) {
    case 'id':
      return insight.alert_id
    case 'json':
      return JSON.stringify(JSON.parse(encodeInsight(insight)), undefined, 2)
    case 'markdown':
      return markdown(insight)
    case 'curl':
      return `curl -s ${shellQuote(`${url.replace(/\/$/, '')}/insights/${encodeURIComponent(insight.alert_id)}`)}`
    default:
      return form satisfies never
  }
}

function markdown(insight: Insight): string {
  const head = `**${severityOfInsight(insight)} ${riskText(insight.risk_score)}** ${sanitize(insight.entity_id)}: ${sanitize(insight.prediction_type)}`
  return [
    head,
    '',
    sanitize(insight.explanation),
    ...(insight.recommendations.length > 0 ? [''] : []),
    ...insight.recommendations.map((text) => `- ${sanitize(text)}`),
    '',
    `${timeText(insight.timestamp)}, ${statusText(insight.status)}, id \`${sanitize(insight.alert_id)}\``,
    ...(insight.url === undefined ? [] : ['', insight.url]),
  ].join('\n')
}
