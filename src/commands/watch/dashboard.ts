import { createApi } from '../../client/api/api.ts'
import type { Connection } from '../../client/connection.ts'
import { Interrupted } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { longAge } from '../../text/format.ts'
import { sanitize } from '../../text/sanitize.ts'
import { shellQuote } from '../../text/shell-quote.ts'
import { appearance } from '../shared/appearance.ts'
import { type ConditionEnd, EndCondition } from './end-condition.ts'
import { openFeed } from './open-feed.ts'
import { userName } from '../shared/user-name.ts'
import type { WatchOptions } from './watch-options.ts'

/** Enough for a tall terminal; older ones load as one scrolls. */
const snapshotLimit = 200

/** The dashboard over one feed. Ink and React load here and nowhere else. */
export async function watchDashboard(flags: WatchOptions, connection: Connection, io: Io): Promise<void> {
  const { runDashboard } = await import('../../ui/run-dashboard.tsx')
  const look = appearance(io, flags)
  const screenReader = flags.shape === 'screen-reader'
  // The filter can be changed on the screen, so the feed brings everything and the screen narrows it.
  const { filter, ...unfiltered } = flags
  const { feed, left, kept, close } = await openFeed(
    screenReader ? flags : { limit: snapshotLimit, ...unfiltered },
    connection,
    io,
  )
  const end = new EndCondition(flags, feed, left?.at ?? io.now())
  feed.subscribe((event) => end.see(event))
  try {
    const {
      reason,
      signal,
      feed: last,
    } = await runDashboard(
      {
        feed,
        api: createApi(connection),
        url: connection.baseUrl,
        filter: filter?.text,
        user: flags.by ?? userName(io),
        color: look.colors,
        ascii: look.ascii,
        screenReader,
        taken: flags.taken,
        condition: end.signal,
        sinceYouLeft: left && `going on where you left ${longAge(io.now() - left.at)} ago`,
        resumeCommand: ({ lastEventId }) =>
          flags.temporary ? undefined : resumeCommand(flags, Boolean(kept && lastEventId)),
      },
      io,
    )
    if (reason === 'condition') tellEnd(end.signal.reason as ConditionEnd, io)
    if (reason === 'stopped' && last.failure) throw last.failure
    if (reason === 'signal') throw new Interrupted((signal ?? 'SIGINT') as Interrupted['signal'])
  } finally {
    end.cancel()
    await close()
  }
}

function tellEnd({ message, failure }: ConditionEnd, { stderr }: Io): void {
  if (failure) throw failure
  stderr.write(`iops: ${sanitize(message)}\n`)
}

/** Repeats what tells this feed from others: its address and its filter. */
function resumeCommand({ url, profile, filter, resume: named }: WatchOptions, resume: boolean): string {
  const words = ['iops watch']
  if (url !== undefined) words.push('--url', shellQuote(url))
  if (profile !== undefined) words.push('--profile', shellQuote(profile))
  if (filter?.text) words.push('--filter', shellQuote(filter.text))
  if (resume) words.push(named?.name === undefined ? '--resume' : `--resume=${named.name}`)
  return words.join(' ')
}
