import type { Insight } from '../../src/protocol/insight/insight.ts'
import { DashboardStore } from '../../src/ui/dashboard-store.ts'
import { glyphsFor } from '../../src/text/glyphs.ts'
import type { Effect } from '../../src/ui/model/effect.ts'
import { textOf } from '../../src/ui/model/line.ts'
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
  readonly store: DashboardStore
  now = Date.parse('2026-11-23T14:30:00.000Z')

  constructor({ columns = 80, rows = 24, ascii = false, capacity, filter = '' }: DashboardSetup = {}) {
    this.store = new DashboardStore({
      state: { columns, rows, now: this.now, feed: this.feed.state, filter },
      view: { url: 'http://ops:4677', ascii, glyphs: glyphsFor(ascii), greeting: undefined },
      keys: { command: ({ filter }) => `iops watch --filter '${filter}' --json` },
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

  get lines(): string[] {
    const { top, panes, foot } = this.store.view()
    const height = Math.max(0, ...panes.map(({ lines }) => lines.length))
    const body = Array.from({ length: height }, (_, row) =>
      panes.map(({ lines }) => (lines[row] ? textOf(lines[row]) : '')).join('  '),
    )
    return [...top.map(textOf), ...body, textOf(foot)]
  }

  get screen(): string {
    return this.lines.join('\n')
  }

  get foot(): string {
    return textOf(this.store.view().foot)
  }

  /** Explanations, entities and the like of the visible rows: the list's lines without heads and notices. */
  get list(): string[] {
    return (this.store.view().panes.find(({ key }) => key === 'list')?.lines ?? [])
      .slice(1)
      .map(textOf)
      .filter((line) => line.trim() !== '')
  }

  get selected(): string | undefined {
    const { rows } = this.store.alerts
    const row = rows.get(this.store.state.selected ?? '')
    return row?.kind === 'alert' ? row.alert.id : undefined
  }
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
