import { parseTimestamp } from '../../../../protocol/time/timestamp.ts'

/**
 * The index sorts time stamps as their writers wrote them: with `Z`, without, with an offset, a
 * space or a `T`, any number of digits. An offset moves a text by up to a day from its instant, and
 * the rest stays within its second, where no one wrote otherwise. So a range of instants becomes a
 * wider range of texts, and what it brings in too many is sorted out by whoever reads it.
 */
export interface Slack {
  /** The lowest text that a time at or after this instant may have. Undefined: any. */
  readonly from: (time: string) => string | undefined
  /** No text of a time at or before this instant is above it. Undefined: any. */
  readonly to: (time: string) => string | undefined
  /** From the newest text on, down to this one, every time at or after which instant has been met. Undefined: can't be told. */
  readonly seenBelow: (text: string) => string | undefined
}

const above = '~'
const dayMs = 86_400_000

/** For texts with offsets or spaces. */
export const wide: Slack = {
  from: (time) => shifted(time, -dayMs)?.slice(0, 10),
  to: (time) => append(shifted(time, dayMs)?.slice(0, 10)),
  seenBelow: (text) => shifted(`${text.slice(0, 10)}T00:00:00Z`, 2 * dayMs),
}

/** For tables where every text {@link isPlain}. A leap second may be written as 60. */
export const narrow: Slack = {
  from: (time) => shifted(time, -1000)?.slice(0, 19),
  to: (time) => append(shifted(time, 1000)?.slice(0, 19)),
  seenBelow: (text) => shifted(`${text.slice(0, 19)}Z`, 2000),
}

/** Whether a text sorts within its second of its instant. */
export const isPlain = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?Z?$/.test(text)

function shifted(time: string, by: number): string | undefined {
  const instant = parseTimestamp(time)
  if (instant === undefined) return undefined
  const text = new Date(instant + by).toISOString()
  return /^\d/.test(text) ? text : undefined
}

const append = (text: string | undefined) => (text === undefined ? undefined : text + above)
