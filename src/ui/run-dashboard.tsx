import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from 'ink'
import type { Io } from '../program/io.ts'
import { keepHeapSmall } from '../program/memory.ts'
import { glyphsFor } from '../text/glyphs.ts'
import { ConnectedDashboard } from './components/connected-dashboard.tsx'
import { ServerData } from './components/server-data.tsx'
import { createTheme } from './components/theme.ts'
import { Screen } from './screen/screen.ts'
import { runLines } from './screen-reader/run-lines.ts'
import type { DashboardEnd, DashboardOptions } from './session/dashboard-options.ts'
import { DashboardSession } from './session/dashboard-session.ts'

/**
 * Shows the feed until a key, a signal or a condition ends it. When it resolves or rejects the
 * terminal is as it was before, with one summary line on the primary screen.
 */
export async function runDashboard(options: DashboardOptions, io: Io): Promise<DashboardEnd> {
  if (options.screenReader) return runLines(options, io)
  keepHeapSmall()
  const screen = new Screen(io.stdout, { input: io.stdin, taken: options.taken })
  return showDashboard(new DashboardSession(options, io, screen), screen, options, io)
}

/** One session on its screen, to its end. */
export async function showDashboard(
  session: DashboardSession,
  screen: Screen,
  options: DashboardOptions,
  io: Io,
): Promise<DashboardEnd> {
  const { api, ascii, color, feed } = options
  const look = { theme: createTheme(color), glyphs: glyphsFor(ascii), ascii }
  // Ended before it could begin, it leaves the terminal alone.
  if (!io.signal.aborted) screen.enter()
  const { store } = session
  const client = createQueryClient()
  const tree = (
    <QueryClientProvider client={client}>
      <ConnectedDashboard store={store} look={look} bind={session.bindTerminal} />
      <ServerData store={store} api={api} feed={feed} now={io.now} />
    </QueryClientProvider>
  )
  const instance = render(tree, {
    stdout: screen.stdout,
    stdin: screen.stdin,
    stderr: io.stderr,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    // Whole frames at once, without erasing and moving: the screen finds out what has changed.
    debug: true,
  })
  try {
    session.start(() => void screen.settle().then(() => instance.unmount()))
    await instance.waitUntilExit()
  } finally {
    instance.unmount()
    session.close()
    // A query under way would try again, and keep the process waiting.
    void client.cancelQueries(undefined, { silent: true })
    client.clear()
    screen.close()
  }
  return session.end()
}

/** Nothing is asked anew or forgotten by itself: events, keys and the clock say when. */
const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: Number.POSITIVE_INFINITY,
      },
    },
  })
