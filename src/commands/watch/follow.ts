import { createApi } from '../../client/api/api.ts'
import type { Connection } from '../../client/connection.ts'
import { createFeed } from '../../client/feed/feed.ts'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { encodeInsight } from '../../protocol/insight/encode.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { counted } from '../../text/format.ts'
import { jsonSafe, sanitize } from '../../text/sanitize.ts'
import { appearance } from '../shared/appearance.ts'
import { AlertSink } from './alert-sink.ts'
import { ConnectionMessages } from './connection-messages.ts'
import { drain } from './drain.ts'
import { type ConditionEnd, EndCondition } from './end-condition.ts'
import { ExecQueue } from './exec/exec-queue.ts'
import { handlerEnvironment } from './exec/handler-environment.ts'
import { HistoryThenFeed } from './history/history-then-feed.ts'
import { Intake } from './intake.ts'
import { openPosition } from './open-position.ts'
import { silenceText } from './silence/expectation.ts'
import { SilenceWatch } from './silence/silence-watch.ts'
import { silenceInsight } from './silence/silence-insight.ts'
import type { WatchOptions } from './watch-options.ts'

/** How many alerts a server sends at most where it can't go on from a position. */
const maxSnapshot = 1000

/**
 * Watches without a screen: one line an alert on stdout, a handler for each with `--exec`, messages on stderr. Reads
 * no faster than these take it. Everything that came before the end is handled before it ends, unless a signal,
 * a closed stdout or `--timeout` ends it: the position, which is what was handled, then stays behind, and the next
 * run brings the rest. Throws a {@link Failure} for every end but `--until`, `--count` and the server's own.
 */
export async function follow(options: WatchOptions, connection: Connection, io: Io): Promise<void> {
  const say = (message: string) => void io.stderr.write(`iops: ${sanitize(message)}\n`)
  const position = await openPosition(options, connection, io, say)
  const left = position?.left
  const { filter, since, limit, count } = options
  const history = since !== undefined && left === undefined ? { since, filter, limit } : undefined
  const feed = createFeed({
    connection,
    filter,
    limit: limit ?? (since === undefined ? undefined : maxSnapshot),
    firstLimit: history && 0,
    lastEventId: left?.lastEventId,
    lastSeenAt: left?.at,
    lastSeen: left?.newest,
    maxAttempts: options.maxAttempts,
    now: io.now,
  })
  const pauses = new Set<string>()
  const pause = (reason: string, isPaused: boolean) => {
    if (isPaused) pauses.add(reason)
    else pauses.delete(reason)
    if (pauses.size > 0) feed.pause()
    else feed.resume()
  }
  const exec =
    options.exec &&
    new ExecQueue({ ...options.exec, environment: environmentOf(options, connection, io), say })
  const sink = new AlertSink({
    stdout: io.stdout,
    line: await lineOf(options, io),
    exec,
    onHandled: (id, newest) => position?.note(id, newest),
    onFull: (isFull) => pause('full', isFull),
  })
  const condition = new EndCondition(options, feed, left?.at ?? io.now())
  const intake = new Intake({ sink, condition, since, count })
  const reader =
    history &&
    new HistoryThenFeed({
      api: createApi(connection),
      query: history,
      take: (insight) => intake.read(insight),
      handle: (event) => intake.handle(event),
      skip: (id) => intake.skip(id),
      pause: (isReading) => pause('history', isReading),
      say,
      signal: intake.over,
    })
  const silence = new SilenceWatch({
    expectations: options.expect ?? [],
    feed,
    now: io.now,
    say: (message) => {
      if (!intake.over.aborted) say(message)
    },
    onChange(expected, isSilent) {
      if (intake.over.aborted) return
      sink.notify(silenceInsight(expected, isSilent, io.now()))
      if (isSilent && options.failOnSilence) condition.silent(`--fail-on-silence: ${silenceText(expected)}`)
    },
  })
  const messages = new ConnectionMessages({
    feed,
    url: connection.baseUrl,
    io,
    isReturning: left !== undefined,
  })
  feed.subscribe((event) => {
    if (!intake.over.aborted) messages.tell(event)
    silence.see(event)
    if (reader) reader.see(event)
    else intake.handle(event)
  })
  condition.signal.addEventListener('abort', () => {
    const { message, failure } = condition.signal.reason as ConditionEnd
    if (!failure) say(message)
    intake.end(failure)
  })
  io.signal.addEventListener('abort', () => intake.end())
  reader?.read().catch((error: unknown) => intake.end(error as Failure))
  const stopWatchingReader = io.watchReader?.()
  if (io.signal.aborted) intake.end()
  else feed.start()
  const ended = await intake.ended
  feed.close()
  silence.cancel()
  await drain({ sink, exec, stop: AbortSignal.any([io.signal, condition.timeIsUp]), say })
  condition.cancel()
  stopWatchingReader?.()
  if (sink.outstanding > 0) {
    io.stdoutAbandoned?.abort()
    if (io.signal.reason !== 'EPIPE') say(leftWords(sink.outstanding, position !== undefined))
  }
  const { delivered, lastEventId } = feed.state
  if (position && delivered > 0 && lastEventId === undefined)
    say('this server gives no positions: --resume has nothing to go on from')
  const failure = withHandlers(ended, exec)
  await position?.close().catch((error: unknown) => {
    if (!failure) throw error
    say((error as Failure).message)
  })
  if (failure) throw failure
}

const leftWords = (count: number, isKept: boolean) =>
  `at least ${counted(count, 'alert')} left unhandled${isKept ? '; the next run with the same --resume brings what is left' : ''}`

/** A handler that failed for good is a failure, unless the watch failed by something worse than the time. */
function withHandlers(ended: Failure | undefined, exec: ExecQueue | undefined): Failure | undefined {
  if (!exec?.failures || (ended && ended.reason !== 'timeout')) return ended
  return new Failure('failed', `--exec gave up on ${counted(exec.failures, 'alert')}`)
}

function environmentOf({ filter, profile }: WatchOptions, { baseUrl: url }: Connection, io: Io) {
  const watched = { url, filter: filter?.text, profile }
  return (insight: Insight) => handlerEnvironment(insight, watched, io.env)
}

/** `--json` depends on nothing but the insight. */
async function lineOf(options: WatchOptions, io: Io): Promise<(insight: Insight) => string> {
  if (options.shape === 'json') return (insight) => jsonSafe(encodeInsight(insight))
  // It measures text, which takes long to load.
  const { plainLine } = await import('../shared/plain-line.ts')
  const look = appearance(io, { ascii: options.ascii, color: 'never' })
  return (insight) => plainLine(insight, look)
}
