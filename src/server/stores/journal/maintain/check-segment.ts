import { GroupTracker } from '../format/group.ts'
import { faultOfLine, sequenceOf } from '../format/line.ts'

const newline = 0x0a

/** Something that is not what was written; `line` counts from 1. */
interface LineDamage {
  readonly line: number
  readonly message: string
}

interface SegmentState {
  /** Lines that are intact. */
  readonly lines: number
  /** The sequence that follows the last line's. */
  readonly next: number
  readonly damage: readonly LineDamage[]
}

/** Looks at every line, and goes on behind what is damaged. */
export function checkSegment(
  bytes: Buffer,
  { first, hasGaps, groupedFrom }: { first: number; hasGaps: boolean; groupedFrom: number },
): SegmentState {
  const damage: LineDamage[] = []
  let lines = 0
  let next = first
  let tracker: GroupTracker | undefined = new GroupTracker(0)
  let line = 1
  for (let at = 0; at < bytes.length; line++) {
    const newlineAt = bytes.indexOf(newline, at)
    const end = newlineAt < 0 ? bytes.length : newlineAt
    const claimed = sequenceOf(bytes, at, end)
    const follows = claimed !== undefined && claimed > next && (hasGaps || tracker === undefined)
    const sequence = follows ? claimed : next
    const fault = newlineAt < 0 ? 'has no end' : faultOfLine(bytes, at, end, sequence)
    if (fault !== undefined) {
      damage.push({ line, message: fault })
      tracker = undefined
    } else {
      lines++
      next = sequence + 1
      // Behind damage nobody can tell where a group begins, until one has ended.
      if (tracker === undefined || hasGaps || sequence < groupedFrom) {
        if (hasGaps || sequence < groupedFrom || isGroupEnd(bytes, at)) tracker = new GroupTracker(end + 1)
      } else {
        const message = tracker.add(bytes, at, { end: end + 1, sequence })
        if (message !== undefined) {
          damage.push({ line, message })
          tracker = new GroupTracker(end + 1)
        }
      }
    }
    at = end + 1
  }
  if (tracker && !tracker.isWhole)
    damage.push({ line: line - 1, message: 'belongs to a write that did not end' })
  return { lines, next, damage }
}

const isGroupEnd = (bytes: Buffer, start: number) =>
  bytes.toString('latin1', start, start + 9) === '{"group":'
