import type { Output } from '../../program/io.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'
import type { ExecQueue } from './exec/exec-queue.ts'
import { HandledLog } from '../../client/feed/handled-log.ts'

interface Options {
  readonly stdout: Pick<Output, 'write'>
  readonly line: (insight: Insight) => string
  readonly exec: ExecQueue | undefined
  /** Everything up to this id is handled; of that the newest alert is from then, in milliseconds. */
  readonly onHandled: (id: string, newest: number | undefined) => void
  /** So much waits that no more should come, or there is room again. */
  readonly onFull: (isFull: boolean) => void
}

/** What may wait for a slow reader or handler before the feed is paused. */
const maxWaiting = { entries: 512, characters: 256 * 1024 }

/**
 * Hands each alert to stdout and to the handler. It is handled once both are done: stdout took its line, the handler
 * ended well or was given up.
 */
export class AlertSink {
  readonly #options: Options
  readonly #log: HandledLog
  #characters = 0
  #full: PromiseWithResolvers<void> | undefined
  #idle: PromiseWithResolvers<void> | undefined

  constructor(options: Options) {
    this.#options = options
    this.#log = new HandledLog(options.onHandled)
  }

  /** How many are not handled. */
  get outstanding(): number {
    return this.#log.outstanding
  }

  /** Resolves when there is room for more; undefined while there is. */
  get room(): Promise<void> | undefined {
    return this.#full?.promise
  }

  take(insight: Insight, id: string | undefined): void {
    const { stdout, line, exec } = this.#options
    const text = `${line(insight)}\n`
    const entry = this.#log.add(id, exec ? 2 : 1, parseTimestamp(insight.timestamp))
    this.#characters += text.length
    const done = () => {
      this.#log.done(entry)
      if (entry.pending > 0) return
      this.#characters -= text.length
      this.#settle()
    }
    stdout.write(text, (error) => {
      if (!error) done()
    })
    if (exec) void runHandler(exec, insight, done)
    this.#settle()
  }

  /** Hands the handler what is no alert of the feed. */
  notify(insight: Insight): void {
    const { exec } = this.#options
    if (!exec) return
    const entry = this.#log.add(undefined, 1)
    void runHandler(exec, insight, () => {
      this.#log.done(entry)
      this.#settle()
    })
  }

  /** The feed has passed this id, with nothing to show. */
  pass(id: string): void {
    this.#log.pass(id)
  }

  /** Resolves when everything is handled. */
  async idle(): Promise<void> {
    if (this.#log.outstanding > 0) await (this.#idle ??= Promise.withResolvers()).promise
  }

  #settle(): void {
    const { outstanding } = this.#log
    const isOver = outstanding > maxWaiting.entries || this.#characters > maxWaiting.characters
    const hasRoom = outstanding <= maxWaiting.entries / 2 && this.#characters <= maxWaiting.characters / 2
    if (isOver && !this.#full) {
      this.#full = Promise.withResolvers()
      this.#options.onFull(true)
    } else if (hasRoom && this.#full) {
      this.#full.resolve()
      this.#full = undefined
      this.#options.onFull(false)
    }
    if (outstanding === 0) {
      this.#idle?.resolve()
      this.#idle = undefined
    }
  }
}

async function runHandler(exec: ExecQueue, insight: Insight, done: () => void): Promise<void> {
  if ((await exec.push(insight)) !== 'left') done()
}
