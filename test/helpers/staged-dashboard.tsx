import { setImmediate as turn } from 'node:timers/promises'
import { Box, renderToString } from 'ink'
import type { ReactNode } from 'react'
import { glyphsFor } from '../../src/text/glyphs.ts'
import { AlertList } from '../../src/ui/components/alert-list.tsx'
import { Body, Dashboard } from '../../src/ui/components/dashboard.tsx'
import { Detail } from '../../src/ui/components/detail.tsx'
import { FootLine } from '../../src/ui/components/foot-line.tsx'
import { Header } from '../../src/ui/components/header.tsx'
import { LookContext } from '../../src/ui/components/look.ts'
import { TotalsLine } from '../../src/ui/components/totals-line.tsx'
import type { Api } from '../../src/client/api/api.ts'
import type { DashboardEnd, DashboardOptions } from '../../src/ui/session/dashboard-options.ts'
import { DashboardSession } from '../../src/ui/session/dashboard-session.ts'
import { showDashboard } from '../../src/ui/run-dashboard.tsx'
import { Screen } from '../../src/ui/screen/screen.ts'
import { createTheme } from '../../src/ui/components/theme.ts'
import type { DashboardStep } from './dashboard-steps.ts'
import { dashboardSetup } from './dashboard-terminal.ts'
import { Emulator } from './emulator.ts'
import { insight } from './insights.ts'
import { ScriptedFeed } from './scripted-feed.ts'
import { TestTerminal } from './terminal.ts'

const theme = createTheme(dashboardSetup.color)
const unused = () => Promise.reject(new Error('not here'))

/** The server's part: totals, one page of older alerts, and a status that is taken for every second alert. */
const api: Api = {
  recent: () =>
    Promise.resolve({
      items: [insight({ alert_id: 'older', timestamp: '2026-11-20T00:00:00.000Z' })],
      unreadable: [],
    }),
  aggregations: () =>
    Promise.resolve({
      total: 218,
      critical: 3,
      warning: 11,
      info: 204,
      avgRisk: 51,
      byType: {},
      buckets: [1, 4, 2].map((total) => ({ start: '', total, critical: 0 })),
    }),
  get: () => Promise.resolve(undefined),
  publish: unused,
  setStatus: (alertId, { status }) =>
    Number(alertId.slice(1)) % 2 === 0
      ? Promise.resolve({ insight: insight({ alert_id: alertId, status }), etag: '"1"' })
      : Promise.reject(new Error('refused')),
  close: () => Promise.resolve(),
}

/** The whole dashboard on a terminal in this process, of which the state is known too. */
export class StagedDashboard extends TestTerminal {
  readonly feed = new ScriptedFeed()
  readonly session: DashboardSession
  readonly end: Promise<DashboardEnd>
  now = Date.parse('2026-11-23T12:00:00.000Z')
  readonly #screen: Screen
  readonly #abort = new AbortController()
  #draws = 0

  constructor(directory: string) {
    super({ columns: 80, rows: 24 })
    const options: DashboardOptions = {
      feed: this.feed,
      api,
      ...dashboardSetup,
      directory,
      capacity: 30,
    }
    const io = this.io(() => this.now, this.#abort.signal)
    this.#screen = new Screen(this.stdout, { input: this.stdin })
    this.session = new DashboardSession(options, io, this.#screen)
    this.session.store.subscribe(() => void this.#draws++)
    this.end = showDashboard(this.session, this.#screen, options, io)
  }

  /** Lets it happen, and waits until the dashboard has taken it in. */
  async take(step: DashboardStep): Promise<void> {
    const draws = this.#draws
    // Long enough since the last frame that nothing is held back.
    this.now += 200
    switch (step.kind) {
      case 'insights':
        for (const one of step.insights) this.feed.bring(one, step.phase, this.now)
        break
      case 'resumed':
        this.feed.emit({ type: 'resumed', downAt: this.now - 12_000, upAt: this.now, ...pick(step) })
        break
      case 'link':
        this.feed.become({
          lastBeatAt: this.now - 2000,
          lastByteAt: this.now - 2000,
          nextTryAt: step.change.status === 'retrying' ? this.now + 4000 : undefined,
          ...step.change,
        })
        break
      case 'fault':
        this.feed.emit({ type: 'fault', message: step.message })
        break
      case 'keys':
        this.press(step.input)
        break
      case 'resize':
        this.resize(step.columns, step.rows)
        break
      case 'time':
        this.now += step.milliseconds
        this.session.store.tick()
        break
    }
    // The clock is drawn at once or, where it changes nothing, not at all.
    if (step.kind !== 'time') await this.#drawn(draws)
    for (let quiet = 0, seen = this.total; quiet < 3; quiet++) {
      await turn()
      await this.#drained()
      if (this.total === seen && !this.#screen.isBusy) continue
      seen = this.total
      quiet = 0
    }
  }

  async #drawn(draws: number): Promise<void> {
    for (const deadline = Date.now() + 1000; this.#draws === draws && Date.now() < deadline;) await turn()
  }

  /** What a fresh terminal shows that gets the view of this moment, each line of each part where it belongs. */
  async drawnInFull(): Promise<string[][]> {
    const view = this.session.store.view()
    const { columns, rows } = view
    let drawn = '\x1b[?7l'
    const place = (x: number, y: number, width: number, part: ReactNode) => {
      const look = { theme, glyphs: glyphsFor(false), ascii: false }
      const text = renderToString(<LookContext value={look}>{part}</LookContext>, { columns: width })
      for (const [index, line] of text.split('\n').entries()) drawn += at(x, y + index, line)
    }
    if (view.kind === 'small') place(0, 0, columns, <Dashboard view={view} />)
    else {
      const { header, totals, body, foot } = view
      place(0, 0, columns, <Header header={header} columns={columns} />)
      place(0, 1, columns, <TotalsLine totals={totals} columns={columns} />)
      if (body.kind === 'list') {
        const { width } = body.list.columns
        const height = rows - 3
        place(
          0,
          2,
          width,
          <Box height={height}>
            <AlertList list={body.list} />
          </Box>,
        )
        if (body.detail) place(width, 2, columns - width, <Detail detail={body.detail} />)
      } else place(0, 2, columns, <Body body={body} columns={columns} />)
      place(0, rows - 1, columns, <FootLine foot={foot} columns={columns} />)
    }
    const emulator = new Emulator(columns, rows)
    await new Promise<void>((seen) => emulator.receive(drawn, seen))
    const cells = emulator.cells()
    emulator.xterm.dispose()
    return cells
  }

  async close(): Promise<void> {
    this.#abort.abort('SIGTERM')
    await this.end
    this.xterm.dispose()
  }

  readonly #drained = () => new Promise<void>((seen) => this.xterm.write('', seen))
}

const at = (x: number, y: number, text: string) => `\x1b[${y + 1};${x + 1}H${text}`

const pick = ({ replayed, gap }: Extract<DashboardStep, { kind: 'resumed' }>) => ({ replayed, gap })
