import type { Io } from '../../program/io.ts'
import { absenceWords, onReturn } from '../../client/feed/absence.ts'
import type { FeedEvent } from '../../client/feed/feed.ts'
import { severityOfInsight } from '../../protocol/severity.ts'
import { DashboardStore } from './dashboard-store.ts'
import type { DashboardEnd, DashboardOptions } from './dashboard-options.ts'
import { glyphsFor } from '../../text/glyphs.ts'
import { EffectRunner } from '../effects/effect-runner.ts'
import type { TerminalControl } from './terminal-control.ts'
import { mouseEvents } from '../input/mouse-events.ts'
import { Notifier } from '../effects/notifier.ts'
import { shellQuote } from '../../text/shell-quote.ts'
import { lookAtSize, stopProcess } from '../effects/suspend.ts'
import type { Effect } from '../model/effect.ts'
import type { ViewState } from '../model/state.ts'
import { summaryLine } from '../model/summary.ts'
import { screenSize } from '../screen/ink-stream.ts'
import type { Screen } from '../screen/screen.ts'

/** The signal that continues us after ^Z comes within so many milliseconds of it. */
const ownContinue = 1000

/** One run of the dashboard: ties feed, store, effects, clock and signals together, and unties them. */
export class DashboardSession {
  readonly store: DashboardStore
  readonly #options: DashboardOptions
  readonly #io: Io
  readonly #screen: Screen
  readonly #effects: EffectRunner
  readonly #notifier: Notifier
  readonly #startedAt: number
  readonly #undo: (() => void)[] = []
  #terminal: TerminalControl | undefined
  #exit: () => void = () => {}
  #reason: DashboardEnd['reason'] = 'quit'
  #signal: string | undefined
  #cuts = 0
  #continuedAt = -Infinity
  #wasLive = false

  constructor(options: DashboardOptions, io: Io, screen: Screen) {
    const { feed, url, ascii, filter = '' } = options
    this.#options = options
    this.#io = io
    this.#screen = screen
    this.#startedAt = io.now()
    this.store = new DashboardStore({
      state: {
        ...screenSize(io.stdout),
        now: io.now(),
        feed: feed.state,
        filter,
      },
      view: { url, ascii, glyphs: glyphsFor(ascii), greeting: options.sinceYouLeft },
      command: (state, matching) =>
        `${this.#command('recent', state)}${matching > 0 ? ` --limit ${matching}` : ''} --json`,
      now: io.now,
      feed: () => feed.state,
      onEffect: (effect) => this.#do(effect),
      canDraw: () => !screen.isBusy,
      capacity: options.capacity,
    })
    const write = (sequence: string) => screen.send(sequence)
    const { api, user, directory = '.' } = options
    this.#effects = new EffectRunner({ store: this.store, feed, api, io, url, user, directory, write })
    this.#notifier = new Notifier(write, io.env)
  }

  readonly bindTerminal = (terminal: TerminalControl): void => {
    this.#terminal = terminal
  }

  /** `exit` gives the terminal back at once, whatever the network does. */
  start(exit: () => void): void {
    const { feed, condition, sinceYouLeft } = this.#options
    const { stdout, stdin, signal } = this.#io
    this.#exit = exit
    this.#undo.push(feed.subscribe((event) => this.#take(event)))
    this.#on(signal, () => this.#finish('signal', String(signal.reason)))
    if (condition) this.#on(condition, () => this.#finish('condition'))
    const resized = () => {
      const { columns, rows } = screenSize(stdout)
      this.store.resize(columns, rows)
    }
    stdout.on('resize', resized)
    const heard = (chunk: string | Buffer) => this.#mouse(String(chunk))
    stdin.on('data', heard)
    const continued = () => this.#continued()
    process.on('SIGCONT', continued)
    const clock = setInterval(() => this.store.tick(), 1000)
    this.#undo.push(
      () => stdout.off('resize', resized),
      () => stdin.off('data', heard),
      () => process.off('SIGCONT', continued),
      () => clearInterval(clock),
      () => feed.close(),
    )
    if (sinceYouLeft !== undefined) {
      this.store.say(sinceYouLeft)
      this.#undo.push(onReturn(feed, (absence) => this.store.say(absenceWords(absence, this.#io.now()))))
    }
    feed.start()
  }

  close(): void {
    for (const undo of this.#undo.splice(0)) undo()
    this.store.close()
  }

  /** Writes the summary and says how it ended. */
  end(): DashboardEnd {
    const { feed, resumeCommand } = this.#options
    const { seen, critical } = this.store.alerts
    const summary = summaryLine({
      forMs: this.#io.now() - this.#startedAt,
      seen,
      critical,
      cuts: this.#cuts,
      gaps: feed.state.gaps,
      recovered: feed.state.recovered,
      resume: resumeCommand ? resumeCommand(feed.state) : this.#command('watch', this.store.state),
    })
    this.#io.stderr.write(`${summary}\n`)
    return { reason: this.#reason, signal: this.#signal, feed: feed.state, summary }
  }

  #take(event: FeedEvent): void {
    if (event.type === 'insight' && this.store.state.bell && this.store.alerts.shows(event.insight)) {
      const before = this.store.alerts.latest(event.insight.alert_id)
      this.#notifier.notice(event, before !== undefined && severityOfInsight(before) === 'critical')
    }
    if (event.type === 'resumed') this.#cuts++
    if (event.type === 'state' && event.state.status === 'live') this.#wasLive = true
    this.store.take(event)
    // Given up before anything was shown: the words belong on the primary screen.
    if (event.type === 'state' && event.state.status === 'stopped' && event.state.failure && !this.#wasLive)
      this.#finish('stopped')
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        return effect.interrupted ? this.#finish('signal', 'SIGINT') : this.#finish('quit')
      case 'mouse':
        return this.#screen.setMode('mouse', effect.on)
      case 'suspend':
        void this.#suspend()
        return
      case 'redraw':
        return this.#screen.redraw()
      default:
        void this.#effects.run(effect)
    }
  }

  async #suspend(): Promise<void> {
    await this.#screen.settle()
    await this.#terminal?.suspend(() => {
      this.#screen.leave()
      stopProcess(process)
      this.#screen.enter()
      lookAtSize(process)
      this.#continuedAt = performance.now()
    })
  }

  /** Somebody else stopped the process, and has had the terminal since: it is taken again, raw mode included. */
  #continued(): void {
    if (performance.now() - this.#continuedAt < ownContinue) return
    const { stdin } = this.#io
    stdin.setRawMode?.(false)
    stdin.setRawMode?.(true)
    this.#screen.leave()
    this.#screen.enter()
    lookAtSize(process)
  }

  #mouse(chunk: string): void {
    if (!this.store.state.mouse) return
    // A wheel turned fast sends several reports at once: each starts from where the last one led.
    for (const event of mouseEvents(chunk)) this.store.mouse(event)
  }

  /** The command that asks for what this view shows. */
  #command(verb: 'watch' | 'recent', { filter }: ViewState): string {
    const words = ['iops', verb, '--url', shellQuote(this.#options.url)]
    if (filter !== '') words.push('--filter', shellQuote(filter))
    return words.join(' ')
  }

  #finish(reason: DashboardEnd['reason'], signal?: string): void {
    this.#reason = reason
    this.#signal = signal
    this.#exit()
  }

  #on(signal: AbortSignal, act: () => void): void {
    if (signal.aborted) return act()
    signal.addEventListener('abort', act, { once: true })
    this.#undo.push(() => signal.removeEventListener('abort', act))
  }
}
