import type { Line } from '../index/durable-log.ts'
import { LineBuffer } from '../format/line-buffer.ts'

/** Lines that are written and synced together, `bytes` in all, and the appends that wait for them. */
export interface Group {
  readonly lines: readonly Line[]
  readonly bytes: Buffer
  readonly waiting: readonly { readonly resolve: () => void; readonly reject: (error: unknown) => void }[]
}

/** A group of so many appends is followed by one that waits for others to join it, no longer than this. */
const many = 8
const waitMs = 1

/** What the next group is made of, while the one before it is written. */
export class Gathering {
  #lines: Line[] = []
  #waiting: Group['waiting'][number][] = []
  readonly #buffer = new LineBuffer()
  /** How many appends waited for the group before. */
  #crowd = 0
  /** Ends the wait for as many. */
  #complete: (() => void) | undefined

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  get lineCount(): number {
    return this.#lines.length
  }

  /** Adds a line; `at` is its time of arrival. Gives its checksum. */
  add(line: Omit<Line, 'length' | 'checksum'>, at: string, json: string): string {
    const { length, checksum } = this.#buffer.add(line.sequence, at, json)
    this.#lines.push({ ...line, length, checksum })
    return checksum
  }

  /** Drops all lines but the first `count`. */
  cut(count: number): void {
    this.#lines.length = count
    this.#buffer.cut(count)
  }

  /** Settles with the group. */
  join(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (this.#waiting.push({ resolve, reject }) >= this.#crowd) this.#complete?.()
    return promise
  }

  /**
   * Resolves when the group should be written. What else this turn of the event loop brings joins it. After a group
   * of many the next one waits for as many, a moment at most: they come back one by one, and a sync for each
   * few would cost more than the rest of the work.
   */
  async settle(): Promise<void> {
    await new Promise(setImmediate)
    if (this.#crowd >= many && !this.isEmpty && this.#waiting.length < this.#crowd) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, waitMs)
      this.#complete = resolve
      await promise
      clearTimeout(timer)
      await new Promise(setImmediate)
    }
    this.#crowd = this.#waiting.length
  }

  /** The group, and begins the next one. */
  take(): Group {
    const lines = this.#lines
    const { bytes, groupLength } = this.#buffer.take()
    const last = lines.at(-1)
    if (last) lines[lines.length - 1] = { ...last, length: last.length + groupLength }
    const group = { lines, bytes, waiting: this.#waiting }
    this.#lines = []
    this.#waiting = []
    return group
  }
}
