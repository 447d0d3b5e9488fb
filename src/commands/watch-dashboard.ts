import { createApi } from '../client/api.ts'
import type { Connection } from '../client/connection.ts'
import { createFeed } from '../client/feed.ts'
import { type Failure, Interrupted } from '../failure.ts'
import type { Io } from '../io.ts'
import { appearance } from './appearance.ts'
import { createEndCondition } from './end-condition.ts'
import { userName } from './user-name.ts'
import type { WatchFlags } from './watch.ts'

interface Options extends WatchFlags {
  readonly by?: string | undefined
}

/** The dashboard over one feed. Ink and React load here and nowhere else. */
export async function watchDashboard(flags: Options, connection: Connection, io: Io): Promise<void> {
  const { runDashboard } = await import('../ui/run-dashboard.tsx')
  const look = appearance(io, flags)
  const feed = createFeed({
    connection,
    filter: flags.filter?.text,
    limit: flags.limit,
    maxAttempts: flags.maxAttempts,
    now: io.now,
  })
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
        filter: flags.filter?.text,
        user: flags.by ?? userName(io),
        color: look.colors,
        ascii: look.ascii,
        screenReader: flags.screenReader ?? isSet(io.env.ACCESSIBLE),
        condition: end.signal,
      },
      io,
    )
    if (reason === 'condition') throw end.signal.reason as Failure
    if (reason === 'stopped' && last.failure) throw last.failure
    if (reason === 'signal') throw new Interrupted((signal ?? 'SIGINT') as Interrupted['signal'])
  } finally {
    end.cancel()
  }
}

const isSet = (value: string | undefined) => value !== undefined && value !== '' && value !== '0'
