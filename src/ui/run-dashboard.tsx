import { render } from 'ink'
import type { Io } from '../io.ts'
import { Dashboard } from './dashboard.tsx'
import type { DashboardEnd, DashboardOptions } from './dashboard-options.ts'
import { DashboardSession } from './dashboard-session.ts'
import { runLines } from './run-lines.ts'
import { createTheme } from './theme.ts'

/**
 * Shows the feed until a key, a signal or a condition ends it. When it resolves or rejects the
 * terminal is as it was before, with one summary line on the primary screen.
 */
export async function runDashboard(options: DashboardOptions, io: Io): Promise<DashboardEnd> {
  if (options.screenReader) return runLines(options, io)
  const session = new DashboardSession(options, io)
  const theme = createTheme(options.color)
  const instance = render(<Dashboard store={session.store} theme={theme} bind={session.bindTerminal} />, {
    stdout: io.stdout,
    stdin: io.stdin,
    stderr: io.stderr,
    exitOnCtrlC: false,
    patchConsole: false,
    alternateScreen: true,
    interactive: true,
    incrementalRendering: true,
    maxFps: 30,
  })
  try {
    session.start(() => instance.unmount())
    await instance.waitUntilExit()
  } finally {
    instance.unmount()
    session.close()
  }
  return session.end()
}
