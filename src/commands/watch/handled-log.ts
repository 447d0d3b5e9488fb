/** One thing that has to be handled, by one or more takers. */
export interface HandledEntry {
  id: string | undefined
  /** How many takers have not handled it yet. */
  pending: number
  next: HandledEntry | undefined
}

/**
 * What a consumer has handled, as a position: the last id before the oldest entry that is still to be handled.
 * Takers may finish in any order; the position never passes one that hasn't.
 */
export class HandledLog {
  readonly #onMove: (id: string) => void
  #head: HandledEntry | undefined
  #tail: HandledEntry | undefined
  /** Entries that are still to be handled. */
  outstanding = 0

  constructor(onMove: (id: string) => void) {
    this.#onMove = onMove
  }

  /** An entry comes in, for so many takers; an id that is undefined moves no position. */
  add(id: string | undefined, takers: number): HandledEntry {
    const entry: HandledEntry = { id, pending: takers, next: undefined }
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
    if (!this.#tail) this.#onMove(id)
    else if (this.#tail.pending === 0) this.#tail.id = id
    else {
      const passed: HandledEntry = { id, pending: 0, next: undefined }
      this.#tail.next = passed
      this.#tail = passed
    }
  }

  #advance(): void {
    let position: string | undefined
    while (this.#head?.pending === 0) {
      position = this.#head.id ?? position
      this.#head = this.#head.next
    }
    if (!this.#head) this.#tail = undefined
    if (position !== undefined) this.#onMove(position)
  }
}
