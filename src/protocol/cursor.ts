/**
 * A place in a log: everything up to and including `sequence` has been passed. The epoch names the
 * log, so that a cursor works on every server of the same log and on no other.
 */
export interface Cursor {
  readonly epoch: string
  /** Counts from 1 without gaps; 0 stands before the first entry. */
  readonly sequence: number
}

/** Why a cursor can't be honoured: too old, of another log, or past this log's end. */
export type ResetReason = 'expired' | 'foreign' | 'ahead'

const form = /^([0-9a-zA-Z_]{1,64})-(0|[1-9]\d{0,15})$/

/** `<epoch>-<sequence>`, the event stream's `id`. */
export const formatCursor = ({ epoch, sequence }: Cursor): string => `${epoch}-${sequence}`

/** Undefined when the text is no cursor of ours (which a server answers as `foreign`). */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, digits] = form.exec(text) ?? []
  if (epoch === undefined) return undefined
  const sequence = Number(digits)
  return Number.isSafeInteger(sequence) ? { epoch, sequence } : undefined
}
