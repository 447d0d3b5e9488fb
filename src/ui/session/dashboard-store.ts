import { isDeepStrictEqual } from 'node:util'
import type { FeedEvent, FeedState } from '../../client/feed/feed.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import type { MouseEvent } from '../input/mouse-events.ts'
import { Alerts } from '../model/list/alerts.ts'
import type { Effect } from '../model/effect.ts'
import type { ViewCommand } from '../model/press.ts'
import { filterPaste } from '../model/modes/filter.ts'
import { helpPaste } from '../model/modes/help.ts'
import { FramePace } from './frame-pace.ts'
import { mouse } from '../model/modes/mouse.ts'
import { reduceKey } from '../input/reduce-key.ts'
import {
  initialState,
  type Older,
  type Toast,
  type Totals,
  type ViewState,
  typedFilter,
} from '../model/state.ts'
import { type JobResult, statusAnswered } from '../model/status-change.ts'
import { withToast } from '../model/step.ts'
import { type View, type ViewContext, viewOf } from '../model/view/view.ts'
import { settle, viewportOf } from '../model/list/viewport.ts'

export interface StoreOptions {
  readonly state: Parameters<typeof initialState>[0]
  readonly view: ViewContext
  readonly command: ViewCommand
  readonly now: () => number
  /** Where the feed stands now: insights change its lag and counters without an event. */
  readonly feed: () => FeedState
  readonly onEffect: (effect: Effect) => void
  /** False while the terminal still has bytes to take: data waits, and only its newest state is drawn. */
  readonly canDraw?: () => boolean
  /** Alerts held at most; 50,000 by default. */
  readonly capacity?: number | undefined
}

/**
 * The dashboard's state, outside React: alerts in a bounded list, everything else in one immutable
 * value. React sees the view through `subscribe` and `view`.
 */
export class DashboardStore {
  readonly alerts: Alerts
  readonly #options: StoreOptions
  readonly #listeners = new Set<() => void>()
  #state: ViewState
  #view: View
  #timer: NodeJS.Timeout | undefined
  #drawnAt = 0
  /** Data waits for its frame; a key is drawn at once. */
  readonly #pace = new FramePace()

  constructor(options: StoreOptions) {
    this.#options = options
    this.alerts = new Alerts(options.capacity)
    this.#state = initialState(options.state)
    this.alerts.arrange(this.#state)
    this.#view = viewOf(this.#state, this.alerts, options.view)
  }

  get state(): ViewState {
    return this.#state
  }

  readonly view = (): View => this.#view

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  take(event: FeedEvent): void {
    switch (event.type) {
      case 'insight':
        this.alerts.take(event)
        return this.#soon()
      case 'resumed':
        this.alerts.settle()
        this.alerts.addGap(event)
        return this.#soon()
      case 'fault':
        return this.say(event.message, 'warning')
      case 'state':
        return this.#stateChanged(event.state)
      default:
        return event satisfies never
    }
  }

  key(chord: string): void {
    const seen = this.#seen()
    const { state, effects } = reduceKey(
      { state: seen, data: this.alerts, command: this.#options.command },
      chord,
    )
    this.#state = state
    // What waits to be taken in comes above the rows that were seen.
    if (seen.follow && !state.follow) this.alerts.look(this.alerts.rows.at(viewportOf(state).top))
    this.#draw()
    for (const effect of effects) this.#options.onEffect(effect)
  }

  /** Text goes into a line that is being typed, and nowhere else. */
  paste(text: string): void {
    const { mode } = this.#state
    if (mode.kind === 'filter') this.#state = filterPaste(this.#state, mode, text)
    else if (mode.kind === 'help') this.#state = helpPaste(this.#state, mode, text)
    else this.#state = withToast(this.#state, 'pasted text does nothing here: / takes it as a filter')
    this.#draw()
  }

  mouse(event: MouseEvent): void {
    this.#state = mouse(this.#seen(), event, this.alerts.rows)
    this.#draw()
  }

  resize(columns: number, rows: number): void {
    this.#update({ columns, rows }, true)
  }

  /** The clock has moved. Nothing is painted when nothing that is shown has changed with it. */
  tick(): void {
    this.#draw(true)
  }

  say(text: string, tone: Toast['tone'] = 'plain'): void {
    this.#state = withToast({ ...this.#state, now: this.#options.now() }, text, tone)
    this.#draw()
  }

  setTotals(totals: Totals): void {
    this.#update({ totals }, false)
  }

  setOlder(older: Older, insights: readonly Insight[] = []): void {
    this.alerts.putOlder(insights)
    this.#update({ older }, true)
  }

  answered(results: readonly JobResult[], undoing: boolean): void {
    for (const result of results) if ('insight' in result) this.alerts.put(result.insight)
    this.#state = statusAnswered({ ...this.#state, now: this.#options.now() }, results, undoing)
    this.#draw()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  #stateChanged(feed: FeedState): void {
    const { feed: before, older } = this.#state
    const isBack = feed.status === 'live' && before.status !== 'live'
    // What could not be loaded while the link was down is asked for again.
    const retry: Partial<ViewState> = isBack && older.kind === 'failed' ? { older: { kind: 'more' } } : {}
    const isCaughtUp = before.catchUp !== undefined && feed.catchUp === undefined
    if (feed.status !== before.status || isCaughtUp) return this.#update({ feed, ...retry }, true)
    // A beat changes nothing but what the next tick of the clock draws anyway: one write a second is enough.
    this.#state = { ...this.#state, feed, ...retry }
  }

  #update(change: Partial<ViewState>, atOnce: boolean): void {
    this.#state = { ...this.#state, ...change }
    if (atOnce) this.#draw()
    else this.#soon()
  }

  /**
   * The state as the person sees it, who presses a key for what is on the screen: what came since is taken in afterwards.
   * So an acknowledge never hits an alert that nobody has seen yet.
   */
  #seen(): ViewState {
    const state = { ...this.#state, now: this.#options.now() }
    // A burst may have been taken in since the last frame: the row that stood first then is still the selected one.
    return { ...settle({ ...state, follow: false }, this.alerts.rows), follow: state.follow }
  }

  #soon(): void {
    if (this.#timer) return
    const { interval } = this.#pace
    const wait = Math.max(0, this.#drawnAt + interval - this.#options.now())
    this.#timer = setTimeout(() => this.#frame(), Math.min(wait, interval))
  }

  #frame(): void {
    this.#timer = undefined
    if (this.#options.canDraw?.() ?? true) return this.#draw()
    this.#timer = setTimeout(() => this.#frame(), this.#pace.interval)
  }

  /** Brings alerts and state to the same moment. */
  #collect(): void {
    const state = this.#state
    const now = this.#options.now()
    const feed = this.#options.feed()
    this.alerts.setClock(now, feed.skewMs)
    this.alerts.setFrozen(state.frozen)
    this.alerts.settle()
    const { rows: before } = this.alerts
    this.alerts.arrange({ ...state, typed: typedFilter(state) })
    const { rows } = this.alerts
    const settled = settle({ ...state, now, feed }, rows)
    // Who asks for another order or filter knows that other rows come.
    const displaced = rows === before ? settled.displaced : state.displaced
    this.alerts.look(settled.follow ? undefined : rows.at(viewportOf(settled).top))
    this.#state = { ...settled, displaced, newAbove: this.alerts.newAbove, waiting: this.alerts.waiting }
  }

  #draw(onlyChanges = false): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#collect()
    this.#drawnAt = this.#options.now()
    const view = viewOf(this.#state, this.alerts, this.#options.view)
    const { mode } = this.#state
    // Scrolling past the end is no way that has to be gone back.
    if ((mode.kind === 'detail' || mode.kind === 'help') && mode.scroll > view.scroll)
      this.#state = { ...this.#state, mode: { ...mode, scroll: view.scroll } }
    if (onlyChanges && isDeepStrictEqual(view, this.#view)) return
    this.#view = view
    const started = performance.now()
    for (const listener of this.#listeners) listener()
    // React and Ink draw before this, and nothing else comes between: it is what the frame cost.
    queueMicrotask(() => this.#pace.note(performance.now() - started))
  }
}
