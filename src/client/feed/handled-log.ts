/** One thing that has to be handled, by one or more takers. */
export interface HandledEntry {
  id: string | undefined
  /** The time of the alert, in milliseconds; undefined where there is none. */
  readonly time: number | undefined
  /** How many takers have not handled it yet. */
  pending: number
  next: HandledEntry | undefined
}

/**
 * What a consumer has handled, as a position: the last id before the oldest entry that is still to be handled.
 * Takers may finish in any order; the position never passes one that hasn't.
 */
export class HandledLog {
  readonly #onMove: (id: string, newest: number | undefined) => void
  #newest: number | undefined
  #head: HandledEntry | undefined
  #tail: HandledEntry | undefined
  /** Entries that are still to be handled. */
  outstanding = 0

  constructor(onMove: (id: string, newest: number | undefined) => void) {
    this.#onMove = onMove
  }

  /** An entry comes in, for so many takers; an id that is undefined moves no position. */
  add(id: string | undefined, takers: number, time?: number): HandledEntry {
    const entry: HandledEntry = { id, time, pending: takers, next: undefined }
    if (this.#tail) this.#tail.next = entry
    else this.#head = entry
    this.#tail = entry
    this.outstanding++
    return entry
  }

  /** One taker has handled it. */
  done(entry: HandledEntry): void {
    if (--entry.pending > 0) return
    this.outstanding--
    if (entry === this.#head) this.#advance()
  }

  /** The feed has passed this id, with nothing to handle. */
  pass(id: string): void {
    if (!this.#tail) this.#onMove(id, this.#newest)
    else if (this.#tail.pending === 0) this.#tail.id = id
    else {
      const passed: HandledEntry = { id, time: undefined, pending: 0, next: undefined }
      this.#tail.next = passed
      this.#tail = passed
    }
  }

  #advance(): void {
    let position: string | undefined
    while (this.#head?.pending === 0) {
      position = this.#head.id ?? position
      const { time } = this.#head
      if (time !== undefined) this.#newest = Math.max(time, this.#newest ?? time)
      this.#head = this.#head.next
    }
    if (!this.#head) this.#tail = undefined
    if (position !== undefined) this.#onMove(position, this.#newest)
  }
}
