import { GroupTracker } from '../format/group.ts'
import { faultOfLine, sequenceOf } from '../format/line.ts'

const newline = 0x0a

/** What a crash, or worse, has left of the segment that was being written. */
export interface LastSegment {
  /** Bytes up to the end of the last whole group, and the sequence that follows it. */
  readonly size: number
  readonly next: number
  /** What comes after that, where anything does. */
  readonly rest: { readonly line: number; readonly message: string; readonly isRot: boolean } | undefined
}

interface Options {
  /** The first line's sequence. */
  readonly first: number
  /** Lines before this sequence are groups of their own. */
  readonly groupedFrom: number
}

/**
 * Finds the end of the last whole group. What follows it is an unfinished write, whatever it holds,
 * which nobody was told is safe; unless a later group is whole: groups are written one after the
 * other, so then it is rot.
 */
export function examineLastSegment(bytes: Buffer, { first, groupedFrom }: Options): LastSegment {
  const tracker = new GroupTracker(0)
  let sequence = first
  let line = 1
  let size = 0
  let next = first
  let message: string | undefined
  let at = 0
  for (; at < bytes.length; sequence++, line++) {
    const end = bytes.indexOf(newline, at)
    message = end < 0 ? 'has no end' : faultOfLine(bytes, at, end, sequence)
    if (message !== undefined) break
    if (sequence < groupedFrom) tracker.skip(end + 1)
    else {
      message = tracker.add(bytes, at, { end: end + 1, sequence })
      if (message !== undefined) break
    }
    at = end + 1
    if (!tracker.isWhole) continue
    size = at
    next = sequence + 1
  }
  if (size === bytes.length) return { size, next, rest: undefined }
  const isRot = holdsLaterGroup(bytes, size, { first: next + 1, groupedFrom })
  return { size, next, rest: { line, message: message ?? 'belongs to a write that did not end', isRot } }
}

/** Whether a whole group that begins at `first` or later stands anywhere from `from` on. */
function holdsLaterGroup(bytes: Buffer, from: number, { first, groupedFrom }: Options): boolean {
  let tracker: GroupTracker | undefined
  let expected = Number.NaN
  for (let at = from; at < bytes.length;) {
    const end = bytes.indexOf(newline, at)
    if (end < 0) return false
    const inside = nextLineStart(bytes, at + 1, end)
    const sequence = sequenceOf(bytes, at, end)
    const intact = sequence !== undefined && faultOfLine(bytes, at, end, sequence) === undefined
    if (!intact || sequence < first) tracker = undefined
    else if (sequence < groupedFrom) return true
    else {
      if (tracker === undefined || sequence !== expected) tracker = new GroupTracker(at)
      const fault = tracker.add(bytes, at, { end: end + 1, sequence })
      if (fault !== undefined) tracker = undefined
      else if (tracker.isWhole) return true
      expected = sequence + 1
    }
    // Where a newline was damaged, two lines look like one.
    at = intact || inside < 0 ? end + 1 : inside
  }
  return false
}

/** Where something that looks like a line begins, before `end`; -1 when nowhere. */
function nextLineStart(bytes: Buffer, from: number, end: number): number {
  const starts = lineStarts
    .map((text) => bytes.indexOf(text, from, 'latin1'))
    .filter((at) => at >= 0 && at < end)
  return starts.length === 0 ? -1 : Math.min(...starts)
}

const lineStarts = ['{"crc32":"', '{"group":{"first":']
