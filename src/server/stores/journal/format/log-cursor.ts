import type { Cursor } from '../../../../protocol/cursor.ts'

/** Hex digits of a line's checksum that a cursor carries. */
const checkDigits = 4

/** A cursor of the journal. A copy with another sequence (`{ ...cursor, sequence }`) has no check. */
export class LogCursor implements Cursor {
  readonly epoch: string
  readonly sequence: number
  readonly #checksum: string

  /** `checksum` is that of the sequence's line; empty before the first. */
  constructor(epoch: string, sequence: number, checksum: string) {
    this.epoch = epoch
    this.sequence = sequence
    this.#checksum = checksum
  }

  get check(): string | undefined {
    return this.#checksum === '' ? undefined : checkOf(this.#checksum)
  }
}

/** The part of a line's checksum that cursors carry. */
export const checkOf = (checksum: string): string => checksum.slice(0, checkDigits)
