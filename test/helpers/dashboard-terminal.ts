import { setTimeout as sleep } from 'node:timers/promises'
import type { Api } from '../../src/client/api/api.ts'
import type { Aggregations } from '../../src/protocol/answers.ts'
import { runDashboard } from '../../src/ui/run-dashboard.tsx'
import type { DashboardEnd } from '../../src/ui/session/dashboard-options.ts'
import { ScriptedFeed } from './scripted-feed.ts'
import { TestTerminal } from './terminal.ts'

export const noon = Date.parse('2026-11-23T12:00:00.000Z')

/** What a dashboard in a test is set to. */
export const dashboardSetup = {
  url: 'http://ops:4677',
  user: 'kim',
  color: 2,
  ascii: false,
  screenReader: false,
} as const

const unused = () => Promise.reject(new Error('not here'))

interface DashboardTerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly totals?: Partial<Aggregations>
}

/** The real dashboard on a terminal in this process, with a scripted feed, a server that only knows totals, and a clock that stands. */
export class DashboardTerminal extends TestTerminal {
  readonly feed = new ScriptedFeed()
  readonly end: Promise<DashboardEnd>
  now = noon
  readonly #abort = new AbortController()

  constructor({ columns = 80, rows = 24, totals = {} }: DashboardTerminalOptions = {}) {
    super({ columns, rows })
    const aggregations: Aggregations = { total: 218, critical: 3, avgRisk: 51, byType: {}, ...totals }
    const api: Api = {
      recent: () => Promise.resolve({ items: [], unreadable: [] }),
      aggregations: () => Promise.resolve(aggregations),
      get: () => Promise.resolve(undefined),
      publish: unused,
      setStatus: unused,
      close: () => Promise.resolve(),
    }
    this.end = runDashboard(
      {
        feed: this.feed,
        api,
        ...dashboardSetup,
      },
      this.io(() => this.now, this.#abort.signal),
    )
  }

  signal(name: NodeJS.Signals): void {
    this.#abort.abort(name)
  }

  /** Waits until the screen has stood still for a moment longer than the dashboard holds data back. */
  async settled(): Promise<void> {
    for (let before = -1; before !== this.total;) {
      before = this.total
      await sleep(250)
    }
  }

  async close(): Promise<void> {
    this.signal('SIGTERM')
    await this.end
    this.xterm.dispose()
  }
}
