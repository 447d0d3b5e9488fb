import { PassThrough } from 'node:stream'
import type { Io } from '../../program/io.ts'

/** Asks whether the terminal knows synchronised output. */
export const synchronizedRequest = '\x1b[?2026$p'

export interface Answers {
  /** The terminal has seen everything up to a status request. */
  readonly onStatus: () => void
  /** The terminal draws what stands between two marks at once. */
  readonly onSynchronized: () => void
  /** Something else came: keys. */
  readonly onKeys: () => void
  /** Whether a status request is still to be answered. */
  readonly isExpected: () => boolean
}

// oxlint-disable-next-line no-control-regex
const answer = /\x1b\[(?:0(n)|\?2026;([0-4])\$y)/g
// oxlint-disable-next-line no-control-regex
const beginning = /\x1b(?:\[(?:0|\?[\d;]{0,6}\$?)?)?$/
/** How long the beginning of what may be an answer waits for its rest, in milliseconds. */
const patience = 20

/**
 * The terminal's input without the terminal's answers, which come in between the keys. They must not reach whoever reads
 * keys: an esc right before an answer would be taken for a part of it, and lost.
 */
export class Keyboard extends PassThrough {
  readonly #input: Io['stdin']
  #held = ''
  #timer: NodeJS.Timeout | undefined

  constructor(input: Io['stdin']) {
    super()
    this.#input = input
  }

  get isTTY(): boolean {
    return this.#input.isTTY === true
  }

  setRawMode(isRaw: boolean): this {
    this.#input.setRawMode?.(isRaw)
    return this
  }

  ref(): this {
    this.#input.ref?.()
    return this
  }

  unref(): this {
    this.#input.unref?.()
    return this
  }

  /** Begins to read; returns what ends it. */
  listen({ onStatus, onSynchronized, onKeys, isExpected }: Answers): () => void {
    const pass = (keys: string): void => {
      if (keys === '') return
      onKeys()
      this.write(keys, 'latin1')
    }
    const release = (): void => {
      clearTimeout(this.#timer)
      const held = this.#held
      this.#held = ''
      pass(held)
    }
    const listener = (chunk: string | Uint8Array): void => {
      clearTimeout(this.#timer)
      // As bytes: a character may be cut in two.
      const text = this.#held + Buffer.from(chunk as string).toString('latin1')
      const keys = text.replaceAll(answer, (_, status?: string, mode?: string) => {
        if (status !== undefined) onStatus()
        else if (mode === '1' || mode === '2') onSynchronized()
        return ''
      })
      this.#held = isExpected() ? (beginning.exec(keys)?.[0] ?? '') : ''
      if (this.#held !== '') this.#timer = setTimeout(release, patience)
      pass(keys.slice(0, keys.length - this.#held.length))
    }
    this.#input.on('data', listener)
    return () => {
      this.#input.off('data', listener)
      release()
    }
  }
}
