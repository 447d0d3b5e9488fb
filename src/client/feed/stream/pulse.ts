import { parseCursor } from '../../../protocol/cursor.ts'
import type { FeedTiming } from '../feed-options.ts'
import type { FeedRecord } from '../feed-state.ts'
import { type SilenceTimer, watchSilence } from './silence.ts'

/** A silence of so many beats means that the link is dead. */
const deadAfterBeats = 2.5
/** A beat that is late by so many of them may not come at all. */
const lateAfterBeats = 1.5

interface Options {
  readonly record: FeedRecord
  readonly timing: FeedTiming
  readonly now: () => number
  /** False while nothing is read from the network: silence then says nothing. */
  readonly isReading: () => boolean
  /** Nothing was heard for so many milliseconds from a server that should have spoken. */
  readonly onSilence: (ms: number) => void
  /** A server without beats has said all that it had. */
  readonly onQuiet: () => void
}

/** Listens for the signs of life of one connection after another. */
export class Pulse {
  readonly #options: Options
  #silence: SilenceTimer | undefined
  #quiet: NodeJS.Timeout | undefined
  /** Connections in a row that brought events with ids, and then nothing, not even a beat. */
  #beatless = 0
  // Of the connection at hand.
  #sawBytes = false
  #sawBeatAt: number | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** A connection is open. */
  start(): void {
    const { onSilence } = this.#options
    this.#sawBytes = false
    this.#sawBeatAt = undefined
    this.#silence = watchSilence(
      () => this.#maxSilence(),
      (ms) => {
        if (this.#sawBytes && this.#sawBeatAt === undefined) this.#beatless++
        onSilence(ms)
      },
    )
    this.#awaitQuiet()
  }

  stop(): void {
    clearTimeout(this.#quiet)
    this.#silence?.stop()
  }

  /** Silence counts from now on. */
  touch(): void {
    this.#silence?.touch()
  }

  heard(): void {
    this.#sawBytes = true
    this.#silence?.touch()
    this.#options.record.note({ lastByteAt: this.#options.now() })
    this.#awaitQuiet()
  }

  /** A server that beats more slowly than usual is given its own time. */
  beat(): void {
    const { record } = this.#options
    clearTimeout(this.#quiet)
    const now = performance.now()
    if (this.#sawBeatAt !== undefined)
      record.note({ beatMs: Math.max(record.state.beatMs, now - this.#sawBeatAt) })
    this.#sawBeatAt = now
    this.#beatless = 0
  }

  /** Undefined where silence proves nothing: a server that doesn't beat, or a feed that doesn't read. */
  #maxSilence(): number | undefined {
    const { record, isReading } = this.#options
    if (!isReading()) return undefined
    const { beats, beatMs, lastEventId } = record.state
    // Ids like ours promise beats, until two connections had none.
    const promises = lastEventId !== undefined && parseCursor(lastEventId) !== undefined && this.#beatless < 2
    return beats || promises || !this.#sawBytes ? deadAfterBeats * beatMs : undefined
  }

  /**
   * A server without beats has said all that it had once it is quiet for a moment. One that gives ids is no such server:
   * where its beat is late, only a silence of more than a beat says as much.
   */
  #awaitQuiet(): void {
    const { record, timing, onQuiet } = this.#options
    const { beats, beatMs, lastEventId } = record.state
    clearTimeout(this.#quiet)
    if (beats) return
    const wait = lastEventId === undefined ? timing.quiet : lateAfterBeats * beatMs
    this.#quiet = setTimeout(onQuiet, wait)
  }
}
