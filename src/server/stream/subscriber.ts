import type { Writable } from 'node:stream'
import type { Filter } from '../../protocol/filter/filter.ts'
import { type Chunk, chunkOf, lastChunk } from './chunk.ts'

/** How the bytes go out: ready-made chunks on a bare socket, or plain where something else frames them. */
export type Framing = 'coded' | 'plain'

/** A link that was ended and is still there after this time is cut, in milliseconds. */
export const graceMs = 2000

/**
 * One open stream. Kept small, there may be ten thousands of them: while it is live, a subscriber
 * is this object and its place in a set.
 */
export class Subscriber {
  readonly out: Writable
  readonly filter: Filter | undefined
  readonly #framing: Framing

  constructor(out: Writable, framing: Framing, filter: Filter | undefined) {
    this.out = out
    this.#framing = framing
    this.filter = filter
  }

  get open(): boolean {
    return !this.out.destroyed && !this.out.writableEnded
  }

  write(chunk: Chunk): void {
    this.out.write(this.#framing === 'coded' ? chunk.coded : chunk.plain)
  }

  writeText(text: string): void {
    if (text !== '') this.write(chunkOf(text))
  }

  /** Whether nobody but us holds what was written: the system has its own copy. */
  get isFlushed(): boolean {
    return this.#framing === 'coded' && this.out.writableLength === 0
  }

  /** Ends the stream cleanly, after what was written. */
  end(): void {
    if (!this.open) return
    const { out } = this
    if (this.#framing === 'coded') out.end(lastChunk, () => out.destroy())
    else out.end()
    const cut = setTimeout(() => out.destroy(), graceMs).unref()
    out.on('close', () => clearTimeout(cut))
  }

  /** Resolves once the reader has taken what was written; cuts the link when it takes nothing for `stallMs`. */
  async drained(stallMs: number): Promise<void> {
    const { out } = this
    if (!this.open || !out.writableNeedDrain) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => out.destroy(), stallMs)
      const done = () => {
        clearTimeout(timer)
        out.off('drain', done)
        out.off('close', done)
        resolve()
      }
      out.on('drain', done)
      out.on('close', done)
    })
  }
}
