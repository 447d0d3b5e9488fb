import type { Writable } from 'node:stream'
import type { Cursor } from '../../protocol/cursor.ts'
import { beatFrame, frameEnd, insightFrame, resetFrame } from '../../protocol/frames.ts'
import { jsonStringBytes } from '../../protocol/json-string-bytes.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Store } from '../stores/store.ts'
import { missedEvents, type Opening, snapshotOpening } from './opening.ts'
import type { StreamSource } from './stream-source.ts'
import type { Framing } from './subscriber.ts'

interface Options {
  readonly logger: Logger
  readonly now: () => Date
  /** Bounds a stream, in bytes of its text as a JSON string. */
  readonly maxBytes: number
}

/**
 * Streams that give what is stored now, and end: for answers that have to be whole before they are sent. Clients come
 * back after `retry` with their last event id, and get what follows it. What doesn't fit comes with the next answer:
 * a stream is cut between two events only, and ends with a beat when it has come to the end of the log.
 */
export class StoredStream implements StreamSource {
  readonly stats = { delivered: 0, cutOff: 0, resets: 0 }
  readonly store: Store
  readonly #head: Cursor
  readonly #options: Options

  private constructor(store: Store, head: Cursor, options: Options) {
    this.store = store
    this.#head = head
    this.#options = options
  }

  /** The log as it is now. */
  static async open(store: Store, options: Options): Promise<StoredStream> {
    return new StoredStream(store, await store.head(), options)
  }

  get epoch(): string {
    return this.#head.epoch
  }

  get position(): number {
    return this.#head.sequence
  }

  attach(out: Writable, _framing: Framing, opening: Opening): void {
    this.#text(opening).then(
      (text) => out.end(text),
      (error: unknown) => {
        this.#options.logger('warn', 'a stream ended early', { error: String(error) })
        out.end()
      },
    )
  }

  async #text(opening: Opening): Promise<string> {
    const text = new BoundedText(this.#options.maxBytes)
    for (const frame of framesOf(opening.text)) if (!text.add(frame)) return text.whole
    const { epoch } = opening
    let { position } = opening
    if (epoch === this.epoch && position < this.position)
      for await (const batch of this.store.read({ epoch, sequence: position }, { signal: noSignal })) {
        if ('reset' in batch) {
          this.stats.resets++
          const { reset } = batch
          const from = position
          const fresh = await snapshotOpening(this, opening, ({ sequence }) =>
            resetFrame(reset, missedEvents(opening, reset, from, sequence)),
          )
          for (const frame of framesOf(fresh.text)) if (!text.add(frame)) return text.whole
          position = fresh.position
          break
        }
        for (const { cursor, insight, json } of batch.entries) {
          if (opening.filter && !opening.filter.matches(insight)) continue
          if (!text.add(insightFrame(cursor, json))) return text.whole
          this.stats.delivered++
        }
        batch.release?.()
        position = batch.next.sequence
        if (position >= this.position) break
      }
    text.add(beatFrame({ epoch, sequence: position }, this.#options.now()))
    return text.whole
  }
}

const noSignal = new AbortController().signal

/** Each frame is one line or more, and a blank one ends it. */
function* framesOf(text: string): Generator<string> {
  for (let start = 0, end: number; start < text.length; start = end) {
    const found = text.indexOf(frameEnd, start)
    end = found < 0 ? text.length : found + frameEnd.length
    yield text.slice(start, end)
  }
}

class BoundedText {
  whole = ''
  #bytes = 0
  #events = 0
  readonly #maxBytes: number

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** False when it doesn't fit. The first event always does, or the client would ask for it for ever. */
  add(frame: string): boolean {
    const bytes = jsonStringBytes(frame)
    const isInsight = frame.startsWith('id: ')
    if (this.#bytes + bytes > this.#maxBytes && !(isInsight && this.#events === 0)) return false
    this.#bytes += bytes
    if (isInsight) this.#events++
    this.whole += frame
    return true
  }
}
