import { writeSync } from 'node:fs'
import type { Output } from '../../program/io.ts'

/** Bytes that may be on their way before the terminal is asked whether it has them. */
const maxUnconfirmed = 1024
/** Bytes that may be on their way with the answer to a key among them: keys don't wait for the terminal's answers. */
const maxHurried = 4096
/** How long an answer may take before it counts as lost. */
const answerTimeout = 3000
/** A blocking write that takes longer than this is followed by a rest of the same length: others want to live too. */
const slowWrite = 20
const lastWriteTimeout = 1000

/** A request that every terminal answers with `ESC [ 0 n` once it has seen what came before. */
export const statusRequest = '\x1b[5n'

/**
 * The way to the terminal. It takes one piece at a time and says when it wants the next.
 *
 * A write to a terminal blocks all of Node unless the stream's handle is told not to. And what the stream took may still
 * sit in the buffers of a pty or of SSH, so after some bytes the terminal itself is asked, if it ever answered, and
 * nothing more is sent until it has caught up. What is drawn then is the newest state, however slow the link.
 */
export class TerminalLink {
  readonly #output: Output
  readonly #onWritten: () => void
  #isWriting = false
  #isResting = false
  #unconfirmed = 0
  /** Those of them that were sent after the request that is to be answered. */
  #sinceAsked = 0
  #answers = false
  #expected = 0
  #whenAnswered: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined

  /** `onWritten` is called whenever the next piece may be possible. */
  constructor(output: Output, onWritten: () => void) {
    this.#output = output
    this.#onWritten = onWritten
  }

  get isBusy(): boolean {
    return this.#isWriting || this.#isResting || this.#timer !== undefined
  }

  /** Whether a piece that a person waits for can be sent all the same: the terminal's answers may come late, or never. */
  get canHurry(): boolean {
    return !this.#isWriting && this.#unconfirmed < maxHurried
  }

  /** Whether writing waits for the terminal without holding up the process. Only while this program draws. */
  setBlocking(isBlocking: boolean): void {
    const { _handle: handle } = this.#output as {
      _handle?: { setBlocking?: (isBlocking: boolean) => void }
    }
    handle?.setBlocking?.(isBlocking)
  }

  /** Sends one piece, in one write. Not to be called while the link is busy, unless {@link canHurry}. */
  send(piece: string): void {
    const bytes = Buffer.byteLength(piece)
    this.#unconfirmed += bytes
    this.#sinceAsked += bytes
    const isAsking = this.#answers && this.#timer === undefined && this.#unconfirmed > maxUnconfirmed
    if (isAsking) {
      this.#sinceAsked = 0
      this.#await()
      this.expect()
    }
    this.#isWriting = true
    const started = performance.now()
    this.#output.write(isAsking ? piece + statusRequest : piece, () => {
      this.#isWriting = false
      this.#settle()
    })
    const elapsed = performance.now() - started
    if (elapsed < slowWrite) return
    this.#isResting = true
    setTimeout(() => {
      this.#isResting = false
      this.#settle()
    }, elapsed)
  }

  /** A status request goes out. */
  expect(): void {
    this.#expected++
  }

  /** Whether a status request is still to be answered. */
  get isAnswered(): boolean {
    return this.#expected === 0
  }

  /** The terminal has answered a status request. */
  confirm(): void {
    this.#answers = true
    this.#expected = Math.max(0, this.#expected - 1)
    if (this.isAnswered) for (const go of this.#whenAnswered.splice(0)) go()
    this.#unconfirmed = this.#sinceAsked
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#settle()
  }

  /** Resolves when every answer is there, or after that many milliseconds. */
  async answered(milliseconds: number): Promise<void> {
    if (this.isAnswered) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#whenAnswered.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
    this.#expected = 0
  }

  /** Writes past everything that waits, at once, because the process may end any moment. */
  sendLast(piece: string): void {
    const { fd } = this.#output as { fd?: number }
    if (fd === undefined) {
      this.#output.write(piece)
      return
    }
    const bytes = Buffer.from(piece)
    const deadline = Date.now() + lastWriteTimeout
    let written = 0
    while (written < bytes.length && Date.now() < deadline)
      try {
        written += writeSync(fd, bytes, written)
      } catch (error) {
        // A terminal that is gone needs no restoring; one that is slow gets a little time.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      }
  }

  #await(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#answers = false
      this.#unconfirmed = 0
      this.#settle()
    }, answerTimeout)
    this.#timer.unref()
  }

  #settle(): void {
    if (!this.#isWriting) this.#onWritten()
  }
}
