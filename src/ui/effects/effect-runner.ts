import type { Api } from '../../client/api/api.ts'
import type { Feed } from '../../client/feed/feed.ts'
import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import type { DashboardStore } from '../session/dashboard-store.ts'
import type { Effect, StatusJob } from '../model/effect.ts'
import { counted } from '../../text/format.ts'
import type { JobResult } from '../model/status-change.ts'
import { clipboardSequence, copyText } from './clipboard.ts'
import { openLink } from './open-link.ts'
import { saveView } from './save-view.ts'

export interface EffectRunnerOptions {
  readonly store: DashboardStore
  readonly feed: Feed
  readonly api: Api
  readonly io: Io
  readonly url: string
  readonly user: string
  readonly directory: string
  /** Writes a sequence to the terminal that moves nothing on the screen. */
  readonly write: (sequence: string) => void
}

/** Mouse mode, suspending, redrawing and quitting belong to whoever has the terminal. */
export type RunnableEffect = Exclude<Effect, { type: 'mouse' | 'suspend' | 'redraw' | 'quit' }>

/** The last change of one alert that is under way. */
interface Turn {
  readonly result: Promise<JobResult>
  readonly undoing: boolean
}

/** Status changes under way at once. */
const lanes = 6

/** Runs the effects that are not the terminal's own. */
export class EffectRunner {
  readonly #options: EffectRunnerOptions
  readonly #turns = new Map<string, Turn>()

  constructor(options: EffectRunnerOptions) {
    this.#options = options
  }

  async run(effect: RunnableEffect): Promise<void> {
    const { store, feed, io } = this.#options
    switch (effect.type) {
      case 'setStatus':
        return store.answered(await this.#setAll(effect.jobs, effect.undoing), effect.undoing)
      case 'copy': {
        const insight = store.alerts.get(effect.alertId)
        if (insight)
          this.#copy(copyText(insight, effect.form, this.#options.url), `the ${formNames[effect.form]}`)
        return
      }
      case 'copyText':
        return this.#copy(effect.text, effect.what)
      case 'openLink':
        return store.say(await openLink(effect.url, io.env, process.platform))
      case 'save':
        return this.#save()
      case 'reconnect':
        return feed.reconnect()
      default:
        return effect satisfies never
    }
  }

  /** A terminal never says whether it took the text, so no success is claimed. */
  #copy(text: string, what: string): void {
    const { store, io, write } = this.#options
    const sequence = clipboardSequence(text, io.env)
    if (sequence === undefined) return store.say(`${what} is too long for a terminal's clipboard`, 'warning')
    write(sequence)
    store.say(`sent ${what} to the terminal's clipboard`)
  }

  async #save(): Promise<void> {
    const { store, directory, io } = this.#options
    const { rows } = store.alerts
    const insights = rows
      .slice(0, rows.size)
      .flatMap((row) => (row.kind === 'alert' ? row.alerts.map(({ insight }) => insight).toReversed() : []))
    try {
      const path = await saveView(insights, directory, io.now())
      store.say(`saved ${counted(insights.length, 'alert')} to ${path}`, 'good')
    } catch (error) {
      store.say(`not saved: ${messageOf(error)}`, 'warning')
    }
  }

  async #setAll(jobs: readonly StatusJob[], undoing: boolean): Promise<JobResult[]> {
    const results: JobResult[] = []
    const queue = [...jobs]
    const lane = async () => {
      for (let job = queue.shift(); job; job = queue.shift()) results.push(await this.#inTurn(job, undoing))
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return results
  }

  /**
   * A second change of one alert waits for the first: it starts from what that one leaves. So does an undo after an undo,
   * whose version the reducer could not know yet.
   */
  #inTurn(job: StatusJob, undoing: boolean): Promise<JobResult> {
    const { alertId } = job
    const before = this.#turns.get(alertId)
    const result = Promise.resolve(before?.result).then((last) =>
      this.#setOne(
        undoing && before?.undoing && last && 'etag' in last ? { ...job, ifMatch: last.etag } : job,
      ),
    )
    const turn: Turn = { result, undoing }
    this.#turns.set(alertId, turn)
    return result.finally(() => {
      if (this.#turns.get(alertId) === turn) this.#turns.delete(alertId)
    })
  }

  async #setOne(job: StatusJob): Promise<JobResult> {
    const { api, user } = this.#options
    const { alertId, status, from, ifMatch } = job
    try {
      const condition = ifMatch === undefined && from !== status ? { ifStatus: from } : { ifMatch }
      return { job, ...(await api.setStatus(alertId, { status, by: user }, condition)) }
    } catch (error) {
      return { job, refused: messageOf(error) }
    }
  }
}

const formNames = { id: 'id', json: 'JSON', markdown: 'markdown', curl: 'curl command' } as const

function messageOf(error: unknown): string {
  if (error instanceof Failure) return error.message
  return error instanceof Error ? error.message : String(error)
}
