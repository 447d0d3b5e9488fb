import { joinBytes, noBytes } from './bytes.ts'
import { controlFields, lineEnd } from './control-fields.ts'
import { wholeNumber } from '../../../text/format.ts'
import { plainWords } from '../../../text/one-line.ts'

/** An event that was left out because of its size. */
export interface SkippedEvent {
  /** Undefined when it named none. */
  readonly id: string | undefined
  readonly bytes: number
}

export function skippedMessage({ id, bytes }: SkippedEvent): string {
  const size = `${wholeNumber(Math.ceil(bytes / 1024))} KiB`
  const name = id === undefined ? 'without an id' : plainWords(id)
  return `skipped an event of ${size}, too large to be an alert (${name})`
}

interface Options {
  /** The size of an event that is still passed on, in bytes. */
  readonly maxEvent: number
  /** An event that has not ended after so many bytes never will. */
  readonly maxSkipped: number
  readonly onSkip: (skipped: SkippedEvent) => void
  readonly onEndless: (skipped: SkippedEvent) => void
}

const cr = 0x0d
const lf = 0x0a
const emptyLine = new Uint8Array([lf, lf])
/** No id is longer, in bytes (the wire contract allows 512). */
const maxId = 512

/**
 * Passes an event stream on in whole events, and leaves out those over a size: of such a one only the id
 * remains, as a block of its own, so that a position moves past it. Holds one event in memory at most.
 */
export class OversizedEvents {
  readonly #options: Options
  #held: Uint8Array[] = []
  #size = 0
  #skipping: { readonly ids: IdScanner } | undefined
  // Where the last chunk ended.
  #atLineStart = true
  #afterCr = false

  constructor(options: Options) {
    this.#options = options
  }

  /** The whole events that the chunk completes. */
  pass(chunk: Uint8Array): Uint8Array {
    const { first, last } = this.#boundaries(chunk)
    const isOver = this.#size + (first ?? chunk.length) > this.#options.maxEvent
    if (!this.#skipping && isOver) {
      this.#skipping = { ids: new IdScanner() }
      for (const held of this.#held) this.#skipping.ids.scan(held)
      this.#held = []
    }
    if (this.#skipping) return this.#skip(this.#skipping.ids, chunk, first, last)
    if (last === undefined) return this.#hold(chunk)
    const whole = joinBytes([...this.#held, last === chunk.length ? chunk : chunk.subarray(0, last)])
    this.#release()
    this.#hold(chunk.subarray(last))
    return whole
  }

  #skip(ids: IdScanner, chunk: Uint8Array, first: number | undefined, last: number | undefined): Uint8Array {
    ids.scan(chunk.subarray(0, first))
    this.#size += first ?? chunk.length
    const skipped = { id: ids.id, bytes: this.#size }
    if (first === undefined || last === undefined) {
      if (this.#size > this.#options.maxSkipped) this.#options.onEndless(skipped)
      return noBytes
    }
    this.#options.onSkip(skipped)
    this.#release()
    const position = ids.line === undefined ? [] : [ids.line, emptyLine]
    const rest = chunk.subarray(last)
    this.#hold(rest)
    return joinBytes([...position, chunk.subarray(first, last)])
  }

  #hold(part: Uint8Array): Uint8Array {
    if (part.length > 0) this.#held.push(part)
    this.#size += part.length
    return noBytes
  }

  #release(): void {
    this.#held = []
    this.#size = 0
    this.#skipping = undefined
  }

  /** Behind the first and the last empty line of the chunk; an empty line ends an event. */
  #boundaries(chunk: Uint8Array): { first: number | undefined; last: number | undefined } {
    const hasCr = chunk.includes(cr)
    let first: number | undefined
    let last: number | undefined
    for (let at = 0; at < chunk.length;) {
      if (this.#afterCr && chunk[at] === lf) {
        this.#afterCr = false
        at++
        continue
      }
      const end = lineEnd(chunk, at, hasCr)
      this.#afterCr = chunk[end] === cr
      const isEmpty = this.#atLineStart && end === at
      this.#atLineStart = end < chunk.length
      at = end + 1
      if (isEmpty) last = at
      first ??= last
    }
    return { first, last }
  }
}

/** Finds the last `id` line among bytes that come in pieces, in bounded memory. */
class IdScanner {
  /** The line as it came, without its end. */
  line: Uint8Array | undefined
  #tail: Uint8Array = noBytes

  get id(): string | undefined {
    return this.line && controlFields(this.line).id
  }

  scan(piece: Uint8Array): void {
    const bytes = joinBytes([this.#tail, piece])
    const hasCr = bytes.includes(cr)
    let start = 0
    for (let end = lineEnd(bytes, 0, hasCr); end < bytes.length; end = lineEnd(bytes, start, hasCr)) {
      const line = bytes.subarray(start, end)
      if (line.length <= maxId + 4 && controlFields(line).id !== undefined) this.line = line.slice()
      start = end + 1
    }
    // Enough to tell that a line is too long to be an id.
    this.#tail = bytes.slice(start, start + maxId + 5)
  }
}
