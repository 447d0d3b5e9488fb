/**
 * A place in a log: everything up to and including `sequence` has been passed. The epoch names the
 * log, so that a cursor works on every server of the same log and on no other.
 */
export interface Cursor {
  readonly epoch: string
  /** Counts from 1 without gaps; 0 stands before the first entry. */
  readonly sequence: number
  /**
   * What tells this entry from another one that had its place, where the log was set back and went on
   * otherwise. Not every log has one, and a cursor without it is taken as it is.
   */
  readonly check?: string | undefined
}

/** Why a cursor can't be honoured: too old, of another log, or past this log's end. */
export type ResetReason = 'expired' | 'foreign' | 'ahead'

const form = /^([0-9a-zA-Z_]{1,64})-(0|[1-9]\d{0,15})(?:-([0-9a-f]{1,16}))?$/

/** `<epoch>-<sequence>` or `<epoch>-<sequence>-<check>`, the event stream's `id`. */
export const formatCursor = ({ epoch, sequence, check }: Cursor): string =>
  check === undefined ? `${epoch}-${sequence}` : `${epoch}-${sequence}-${check}`

/** Undefined when the text is no cursor of ours (which a server answers as `foreign`). */
export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, digits, check] = form.exec(text) ?? []
  if (epoch === undefined) return undefined
  const sequence = Number(digits)
  if (!Number.isSafeInteger(sequence)) return undefined
  return check === undefined ? { epoch, sequence } : { epoch, sequence, check }
}
