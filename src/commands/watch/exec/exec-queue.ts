import { setTimeout as sleep } from 'node:timers/promises'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { longAge } from '../../../text/format.ts'
import { plainWords } from '../../../text/one-line.ts'
import { runHandler } from './handler.ts'
import type { ExecOptions } from '../watch-options.ts'

/** `left`: the queue was stopped before it was handled; the next run has to bring it. */
export type HandlerResult = 'handled' | 'given-up' | 'left'

interface Options extends ExecOptions {
  readonly environment: (insight: Insight) => Readonly<Record<string, string | undefined>>
  readonly say: (message: string) => void
}

interface Job {
  readonly insight: Insight
  readonly settle: (result: HandlerResult) => void
}

/** The wait before the first retry, doubled for each other one, at most `maxRetryWait`; in milliseconds. */
const firstRetryWait = 500
const maxRetryWait = 30_000

/**
 * Runs one command for each insight, so many at once as there are jobs; those of one alert one after the other, in
 * order. A run that fails is tried again in its place; after the last try it is named and given up.
 */
export class ExecQueue {
  readonly #options: Options
  readonly #waiting: Job[] = []
  readonly #running = new Set<string>()
  readonly #stop = new AbortController()
  readonly #kill = new AbortController()
  #idle: PromiseWithResolvers<void> | undefined
  /** How many were given up. */
  failures = 0

  constructor(options: Options) {
    this.#options = options
  }

  get running(): number {
    return this.#running.size
  }

  push(insight: Insight): Promise<HandlerResult> {
    const { promise, resolve } = Promise.withResolvers<HandlerResult>()
    this.#waiting.push({ insight, settle: resolve })
    this.#next()
    return promise
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    if (this.#running.size > 0) await (this.#idle ??= Promise.withResolvers()).promise
  }

  /** Starts nothing more, not even another try; what runs goes on. */
  stop(): void {
    this.#stop.abort()
    for (const { settle } of this.#waiting.splice(0)) settle('left')
  }

  /** Ends what still runs. */
  kill(): void {
    this.stop()
    this.#kill.abort()
  }

  #next(): void {
    while (this.#running.size < this.#options.jobs && !this.#stop.signal.aborted) {
      const at = this.#waiting.findIndex(({ insight }) => !this.#running.has(insight.alert_id))
      const [job] = at < 0 ? [] : this.#waiting.splice(at, 1)
      if (!job) return
      void this.#run(job)
    }
  }

  async #run({ insight, settle }: Job): Promise<void> {
    this.#running.add(insight.alert_id)
    settle(await this.#handle(insight))
    this.#running.delete(insight.alert_id)
    this.#next()
    if (this.#running.size === 0) this.#idle?.resolve()
  }

  async #handle(insight: Insight): Promise<HandlerResult> {
    const { retries, say, environment, command, timeout } = this.#options
    const tries = retries + 1
    const name = plainWords(insight.alert_id)
    for (let nth = 1; ; nth++) {
      const env = environment(insight)
      const fault = await runHandler(insight, { command, env, timeout, signal: this.#kill.signal })
      if (fault === undefined) return 'handled'
      if (this.#stop.signal.aborted) return 'left'
      if (nth === tries) {
        this.failures++
        say(`--exec gave up on ${name} after ${tries === 1 ? '1 try' : `${tries} tries`}: it ${fault}`)
        return 'given-up'
      }
      const wait = Math.min(firstRetryWait * 2 ** (nth - 1), maxRetryWait)
      say(
        `--exec ${fault} for ${name}, try ${nth + 1} of ${tries} in ${wait < 1000 ? `${wait} ms` : longAge(wait)}`,
      )
      await sleep(wait, undefined, { signal: this.#stop.signal }).catch(() => {})
      if (this.#stop.signal.aborted) return 'left'
    }
  }
}
