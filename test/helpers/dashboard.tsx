import type { Insight } from '../../src/protocol/insight/insight.ts'
import { DashboardStore } from '../../src/ui/session/dashboard-store.ts'
import { glyphsFor } from '../../src/text/glyphs.ts'
import type { Effect } from '../../src/ui/model/effect.ts'
import { stripVTControlCharacters } from 'node:util'
import { renderToString } from 'ink'
import { Dashboard } from '../../src/ui/components/dashboard.tsx'
import { type Look, LookContext } from '../../src/ui/components/look.ts'
import { createTheme } from '../../src/ui/components/theme.ts'
import type { DashboardView, View } from '../../src/ui/model/view/view.ts'
import { insight } from './insights.ts'
import { ScriptedFeed } from './scripted-feed.ts'

export interface DashboardSetup {
  readonly columns?: number
  readonly rows?: number
  readonly ascii?: boolean
  readonly capacity?: number
  readonly filter?: string
}

/** The whole dashboard without a terminal: a scripted feed, a clock that stands, and the screen as text. */
export class TestDashboard {
  readonly feed = new ScriptedFeed()
  readonly effects: Effect[] = []
  readonly look: Look
  #drawn: { readonly view: View; readonly lines: string[] } | undefined
  readonly store: DashboardStore
  now = Date.parse('2026-11-23T14:30:00.000Z')

  constructor({ columns = 80, rows = 24, ascii = false, capacity, filter = '' }: DashboardSetup = {}) {
    this.look = { theme: createTheme(0), glyphs: glyphsFor(ascii), ascii }
    this.store = new DashboardStore({
      state: { columns, rows, now: this.now, feed: this.feed.state, filter },
      view: { url: 'http://ops:4677', ascii, glyphs: glyphsFor(ascii), greeting: undefined },
      command: ({ filter }) => `iops watch --filter '${filter}' --json`,
      now: () => this.now,
      feed: () => this.feed.state,
      onEffect: (effect) => this.effects.push(effect),
      capacity,
    })
    this.feed.subscribe((event) => this.store.take(event))
  }

  live(): this {
    this.feed.become({ status: 'live', lastBeatAt: this.now - 2000, lastByteAt: this.now - 2000 })
    return this
  }

  bring(...insights: Insight[]): this {
    for (const one of insights) this.feed.bring(one, 'live', this.now)
    this.store.tick()
    return this
  }

  /** Keys as the table names them: `press('j', 'j', 'return')`. */
  press(...chords: string[]): this {
    for (const chord of chords) this.store.key(chord)
    return this
  }

  type(text: string): this {
    return this.press(...Array.from(text, (one) => (one === ' ' ? 'space' : one)))
  }

  wait(ms: number): this {
    this.now += ms
    this.store.tick()
    return this
  }

  /** The screen with its styles, in the terminal's own sixteen colours. */
  get drawn(): string {
    return drawStyled(this.store.view(), { ...this.look, theme: createTheme(1) })
  }

  /** The lines of the screen, without styles and trailing blanks. */
  get lines(): string[] {
    const view = this.store.view()
    if (this.#drawn?.view !== view) this.#drawn = { view, lines: drawView(view, this.look) }
    return this.#drawn.lines
  }

  get screen(): string {
    return this.lines.join('\n')
  }

  get foot(): string {
    return this.lines.at(-1) ?? ''
  }

  /** What the dashboard shows, where there is room for one. */
  get view(): DashboardView {
    const view = this.store.view()
    if (view.kind !== 'dashboard') throw new Error('the window is too small for a dashboard')
    return view
  }

  /** The list's lines without heads, notices and the detail beside them. */
  get list(): string[] {
    const { body } = this.view
    if (body.kind !== 'list') return []
    const { columns } =
      body.list.columns.width === this.view.columns
        ? { columns: undefined }
        : { columns: body.list.columns.width }
    return this.lines
      .slice(3, -1)
      .map((line) => (columns === undefined ? line : line.slice(0, columns)).trimEnd())
      .filter((line) => line !== '')
  }

  get selected(): string | undefined {
    const { rows } = this.store.alerts
    const row = rows.get(this.store.state.selected ?? '')
    return row?.kind === 'alert' ? row.alert.id : undefined
  }
}

/** The screen of a view, styled. */
const drawStyled = (view: View, look: Look): string =>
  renderToString(
    <LookContext value={look}>
      <Dashboard view={view} />
    </LookContext>,
    { columns: view.columns },
  )

/** The screen of a view as lines of text. */
function drawView(view: View, look: Look): string[] {
  const { rows } = view
  const lines = stripVTControlCharacters(drawStyled(view, look)).split('\n')
  return Array.from({ length: rows }, (_, y) => lines[y] ?? '')
}

/** Live, with one alert of each severity: the first has much to say, and a link. */
export const boardOfThree = (setup: DashboardSetup = {}): TestDashboard =>
  new TestDashboard(setup).live().bring(
    insight({
      alert_id: 'a',
      entity_id: 'cust_1',
      risk_score: 97,
      explanation: 'x'.repeat(300),
      url: 'https://a.example/b',
    }),
    insight({ alert_id: 'b', entity_id: 'cust_2', risk_score: 66 }),
    insight({ alert_id: 'c', entity_id: 'cust_3', risk_score: 12 }),
  )
