import { absenceWords, onReturn } from '../../client/feed/absence.ts'
import type { Connection } from '../../client/connection.ts'
import type { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { encodeInsight, type Insight } from '../../protocol/insight/insight.ts'
import { jsonSafe } from '../../text/sanitize.ts'
import { appearance } from '../shared/appearance.ts'
import { createConnectionWords } from './connection-words.ts'
import { createEndCondition } from './end-condition.ts'
import { createExecQueue } from './exec-queue.ts'
import { openFeed } from './open-feed.ts'
import { plainLine } from '../shared/plain-line.ts'
import type { WatchFlags } from '../watch.ts'

/**
 * Watches without a screen: one line an event on stdout, flushed as it comes, and words on stderr.
 * Resolves at `--count`, at a signal and when the server ended the feed; throws a {@link Failure} for
 * every other end.
 */
export async function follow(flags: WatchFlags, connection: Connection, io: Io): Promise<void> {
  const write = lineWriter(flags, io)
  const exec = flags.exec === undefined ? undefined : createExecQueue(flags.exec, io)
  const words = createConnectionWords(connection.baseUrl, io)
  const { feed, left, close } = await openFeed(flags, connection, io, { keep: false })
  if (left) onReturn(feed, (absence) => io.stderr.write(`iops: ${absenceWords(absence, io.now())}\n`))
  // Subscribed first: the event that meets a condition is shown before the end.
  let shown = 0
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const unsubscribe = feed.subscribe((event) => {
    words.tell(event)
    if (event.type === 'insight') {
      const { timestamp } = event.insight
      const old =
        event.phase === 'snapshot' && typeof timestamp === 'string' && timestamp < (flags.since ?? '')
      if (old) return
      write(event.insight)
      exec?.push(event.insight)
      if (++shown === flags.count) end()
    } else if (event.type === 'state' && event.state.status === 'stopped') end(event.state.failure)
  })
  const end = (failure?: Failure) => {
    unsubscribe()
    if (failure) reject(failure)
    else resolve()
  }
  const condition = createEndCondition(flags, feed)
  condition.signal.addEventListener('abort', () => end(condition.signal.reason as Failure), { once: true })
  io.signal.addEventListener('abort', () => end(), { once: true })
  if (io.signal.aborted) end()
  else feed.start()
  try {
    await promise
  } finally {
    condition.cancel()
    await close()
    await exec?.drain()
  }
}

/** `--json` depends on nothing but the insight. */
function lineWriter(flags: WatchFlags, io: Io): (insight: Insight) => void {
  if (flags.json) return (insight) => io.stdout.write(`${jsonSafe(encodeInsight(insight))}\n`)
  const look = appearance(io, { ascii: flags.ascii, color: 'never' })
  return (insight) => io.stdout.write(`${plainLine(insight, look)}\n`)
}
