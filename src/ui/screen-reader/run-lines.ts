import { absenceWords, onReturn } from '../../client/feed/absence.ts'
import type { FeedEvent, FeedState } from '../../client/feed/feed.ts'
import { resumedMessage } from '../../client/feed/resumed-message.ts'
import type { Io } from '../../program/io.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import type { DashboardEnd, DashboardOptions } from '../session/dashboard-options.ts'
import { momentText } from '../../text/format.ts'
import { summaryLine } from '../model/summary.ts'
import { sanitize } from '../../text/sanitize.ts'
import { riskText, statusText } from '../../text/words.ts'
import { readTypedKeys, typedKeys } from './typed-keys.ts'

/**
 * The dashboard in screen-reader mode: no screen and no sequence, one line of text for each change of an alert on
 * stdout, in the order of reading. How the connection is goes to stderr, as everywhere. A few keys work, with Enter.
 */
export async function runLines(options: DashboardOptions, io: Io): Promise<DashboardEnd> {
  const { feed, condition } = options
  const startedAt = io.now()
  const { promise, resolve } = Promise.withResolvers<Pick<DashboardEnd, 'reason' | 'signal'>>()
  let seen = 0
  let critical = 0
  let cuts = 0
  let last = ''
  const tell = (words: string) => io.stderr.write(`iops: ${words}\n`)
  const unsubscribe = feed.subscribe((event) => {
    if (event.type === 'insight') {
      seen++
      if (severityOfInsight(event.insight) === 'critical') critical++
      io.stdout.write(`${alertWords(event.insight, io.now())}\n`)
      return
    }
    if (event.type === 'resumed') cuts++
    const words = linkWords(event)
    if (words !== undefined && words !== last) tell(words)
    if (event.type !== 'state') return
    last = words ?? last
    if (event.state.status === 'stopped') resolve({ reason: 'stopped', signal: undefined })
  })
  const stop = () => resolve({ reason: 'signal', signal: String(io.signal.reason) })
  if (io.signal.aborted) stop()
  io.signal.addEventListener('abort', stop, { once: true })
  condition?.addEventListener('abort', () => resolve({ reason: 'condition', signal: undefined }), {
    once: true,
  })
  if (options.sinceYouLeft !== undefined) {
    tell(options.sinceYouLeft)
    onReturn(feed, (absence) => tell(absenceWords(absence, io.now())))
  }
  const stopReading = readTypedKeys(io, (action) => {
    if (action === 'quit') resolve({ reason: 'quit', signal: undefined })
    else if (action === 'reconnect' && feed.state.status !== 'live') feed.reconnect()
    else if (action === 'reconnect') tell('the link is up')
    else for (const words of keyWords()) tell(words)
  })
  feed.start()
  const end = await promise
  stopReading()
  unsubscribe()
  feed.close()
  const resume = options.resumeCommand?.(feed.state)
  const { gaps, recovered } = feed.state
  const summary = summaryLine({ forMs: io.now() - startedAt, seen, critical, cuts, gaps, recovered, resume })
  io.stderr.write(`${summary}\n`)
  return { ...end, feed: feed.state, summary }
}

const keyWords = () => typedKeys.map((key) => `${key.keys[0]} and Enter: ${key.words}`)

function alertWords(insight: Insight, now: number): string {
  const { risk_score, entity_id, prediction_type, explanation, status, timestamp } = insight
  const words = `${severityOfInsight(insight)} ${riskText(risk_score)}, ${entity_id}, ${prediction_type}: ${explanation}`
  const time = parseTimestamp(timestamp)
  return sanitize(
    `${words}, ${statusText(status)}${time === undefined ? '' : `, ${momentText(time, now, false)}`}`,
  )
}

/** What is said of the link; nothing where nothing changed for the listener. */
function linkWords(event: Exclude<FeedEvent, { type: 'insight' }>): string | undefined {
  switch (event.type) {
    case 'resumed':
      return sanitize(`link is back, ${resumedMessage(event)}`)
    case 'fault':
      return sanitize(event.message)
    case 'state':
      return stateWords(event.state)
    default:
      return event satisfies never
  }
}

function stateWords({ status, reason, failure, catchUp }: FeedState): string | undefined {
  const why = reason === undefined ? '' : `: ${sanitize(reason)}`
  switch (status) {
    case 'live':
      return catchUp === undefined ? 'connected' : catchUp.phase === 'replay' ? 'catching up' : undefined
    case 'retrying':
      return `link down${why}`
    case 'stopped':
      // A failure ends the command, which says so itself.
      return failure === undefined ? `stopped${why}` : undefined
    case 'connecting':
      return undefined
    default:
      return status satisfies never
  }
}
