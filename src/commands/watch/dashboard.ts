import { createApi } from '../../client/api/api.ts'
import type { Connection } from '../../client/connection.ts'
import { type Failure, Interrupted } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { longAge } from '../../text/format.ts'
import { shellQuote } from '../../text/shell-quote.ts'
import { appearance } from '../shared/appearance.ts'
import { createEndCondition } from './end-condition.ts'
import { isForEars } from './screen-reader.ts'
import { openFeed } from './open-feed.ts'
import { userName } from '../shared/user-name.ts'
import type { WatchOptions } from '../watch.ts'

/** Enough for a tall terminal; older ones load as one scrolls. */
const snapshotLimit = 200

/** The dashboard over one feed. Ink and React load here and nowhere else. */
export async function watchDashboard(flags: WatchOptions, connection: Connection, io: Io): Promise<void> {
  const { runDashboard } = await import('../../ui/run-dashboard.tsx')
  const look = appearance(io, flags)
  const screenReader = isForEars(flags, io)
  // The filter can be changed on the screen, so the feed brings everything and the screen narrows it.
  const { filter, ...unfiltered } = flags
  const { feed, left, kept, close } = await openFeed(
    screenReader ? flags : { limit: snapshotLimit, ...unfiltered },
    connection,
    io,
    {
      keep: !flags.temporary,
    },
  )
  const end = createEndCondition(flags, feed)
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
    if (reason === 'condition') throw end.signal.reason as Failure
    if (reason === 'stopped' && last.failure) throw last.failure
    if (reason === 'signal') throw new Interrupted((signal ?? 'SIGINT') as Interrupted['signal'])
  } finally {
    end.cancel()
    await close()
  }
}

/** Repeats what tells this feed from others: its address and its filter. */
function resumeCommand({ url, profile, filter }: WatchOptions, resume: boolean): string {
  const words = ['iops watch']
  if (url !== undefined) words.push('--url', shellQuote(url))
  if (profile !== undefined) words.push('--profile', shellQuote(profile))
  if (filter !== undefined) words.push('--filter', shellQuote(filter.text))
  if (resume) words.push('--resume')
  return words.join(' ')
}
