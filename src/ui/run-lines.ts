import { absenceWords, onReturn } from '../client/absence.ts'
import type { FeedEvent, FeedState } from '../client/feed.ts'
import type { Io } from '../io.ts'
import { severityOf } from '../protocol/severity.ts'
import type { DashboardEnd, DashboardOptions } from './dashboard-options.ts'
import { clockText, counted } from './format.ts'
import { summaryLine } from './model/summary.ts'
import { sanitize } from './sanitize.ts'

/** The dashboard for ears: no screen, one line of words for each change, in the order of reading. */
export async function runLines(options: DashboardOptions, io: Io): Promise<DashboardEnd> {
  const { feed, condition } = options
  const startedAt = io.now()
  const { promise, resolve } = Promise.withResolvers<Pick<DashboardEnd, 'reason' | 'signal'>>()
  let seen = 0
  let critical = 0
  let cuts = 0
  const say = (line: string) => io.stdout.write(`${line}\n`)
  const unsubscribe = feed.subscribe((event) => {
    if (event.type === 'insight') {
      seen++
      if (severityOf(event.insight.risk_score) === 'critical') critical++
    }
    if (event.type === 'resumed') cuts++
    const line = lineFor(event)
    if (line !== undefined && line !== last) say(line)
    if (event.type === 'state') last = line ?? last
    if (event.type === 'state' && event.state.status === 'stopped')
      resolve({ reason: 'stopped', signal: undefined })
  })
  let last = ''
  const stop = () => resolve({ reason: 'signal', signal: String(io.signal.reason) })
  if (io.signal.aborted) stop()
  io.signal.addEventListener('abort', stop, { once: true })
  condition?.addEventListener('abort', () => resolve({ reason: 'condition', signal: undefined }), {
    once: true,
  })
  if (options.sinceYouLeft !== undefined) {
    say(options.sinceYouLeft)
    onReturn(feed, (absence) => say(absenceWords(absence, io.now())))
  }
  feed.start()
  const end = await promise
  unsubscribe()
  feed.close()
  const resume = options.resumeCommand?.(feed.state)
  const { gaps } = feed.state
  const summary = summaryLine({ forMs: io.now() - startedAt, seen, critical, cuts, gaps, resume })
  io.stderr.write(`${summary}\n`)
  return { ...end, feed: feed.state, summary }
}

/** What is said of an event; nothing where nothing changed for the listener. */
function lineFor(event: FeedEvent): string | undefined {
  switch (event.type) {
    case 'insight': {
      const { risk_score, entity_id, prediction_type, explanation, status, timestamp } = event.insight
      const words = `${severityOf(risk_score)} ${Math.floor(risk_score)}, ${entity_id}, ${prediction_type}: ${explanation}`
      const time = Date.parse(timestamp)
      return sanitize(`${words}, ${status}${Number.isNaN(time) ? '' : `, ${clockText(time, false)}`}`)
    }
    case 'resumed':
      return `link is back, ${counted(event.replayed, 'alert')} replayed, ${event.gap === undefined ? 'none lost' : 'some may be missing'}`
    case 'fault':
      return sanitize(event.message)
    case 'state':
      return stateWords(event.state)
  }
}

function stateWords({ status, reason }: FeedState): string | undefined {
  const why = reason === undefined ? '' : `: ${sanitize(reason)}`
  switch (status) {
    case 'live':
      return 'connected'
    case 'retrying':
      return `link down${why}`
    case 'stopped':
      return `stopped${why}`
    case 'connecting':
      return undefined
  }
}
