import { blank, type Cell, type CellRow } from './cell-row.ts'

/** Lines from `top` to `bottom`, both included, that move down by `lines`, or up if negative. */
export interface Shift {
  readonly top: number
  readonly bottom: number
  readonly lines: number
}

/** About what the sequences of one shift cost, in bytes. */
const overhead = 20
const minRows = 3

/**
 * Finds the one move of whole lines that saves most bytes on the way from the rows that are shown to the next ones.
 * A new row at the top of a list, for instance, moves the rest of the list down by one.
 */
export function findShift(shown: readonly CellRow[], next: readonly CellRow[]): Shift | undefined {
  const direct = next.map((row, y) => cost(shown[y]!, row))
  if (direct.filter((bytes) => bytes > 0).length < minRows) return undefined
  const fresh = next.map((row, y) => (direct[y] === 0 ? row.length : costOfFresh(row)))
  let best: Shift | undefined
  let bestGain = 0
  for (const lines of candidates(shown, next)) {
    const gains = next.map((row, y) => {
      const source = shown[y - lines]
      return source === undefined ? -Infinity : direct[y]! - cost(source, row)
    })
    const losses = next.map((_, y) => direct[y]! - fresh[y]!)
    for (const { top, bottom, gain } of regions(gains, losses, lines)) {
      if (gain - overhead <= bestGain) continue
      bestGain = gain - overhead
      best = { top, bottom, lines }
    }
  }
  return best
}

/** What is on the screen after a shift. */
export function applyShift(shown: readonly CellRow[], { top, bottom, lines }: Shift): CellRow[] {
  return shown.map((row, y) => {
    if (y < top || y > bottom) return row
    const source = y - lines
    return source < top || source > bottom ? row.map(() => blank) : shown[source]!
  })
}

/** Distances by which equal rows moved, the most frequent first, and one line in either direction. */
function candidates(shown: readonly CellRow[], next: readonly CellRow[]): Set<number> {
  const places = new Map(shown.map((row, y) => [row, y]))
  const votes = new Map<number, number>()
  next.forEach((row, y) => {
    const before = places.get(row)
    if (before === undefined || before === y || row === shown[y]) return
    votes.set(y - before, (votes.get(y - before) ?? 0) + 1)
  })
  const ranked = [...votes].sort(([, a], [, b]) => b - a).map(([lines]) => lines)
  return new Set([...ranked.slice(0, 3), 1, -1])
}

/** For each first line the best last one, with the bytes that moving these lines saves. */
function* regions(
  gains: readonly number[],
  losses: readonly number[],
  lines: number,
): Generator<{ top: number; bottom: number; gain: number }> {
  const vacated = Math.abs(lines)
  for (let top = 0; top + vacated < gains.length; top++) {
    let moved = 0
    for (let bottom = top + vacated; bottom < gains.length; bottom++) {
      // Downwards the blank lines are the first of the region, upwards the last.
      moved += gains[lines > 0 ? bottom : bottom - vacated]!
      let gain = moved
      for (let line = 0; line < vacated; line++) gain += losses[lines > 0 ? top + line : bottom - line]!
      yield { top, bottom, gain }
    }
  }
}

/** About the bytes that it takes to turn one row into another. */
function cost(from: CellRow, to: CellRow): number {
  if (from === to) return 0
  let end = to.length
  while (end > 0 && to[end - 1] === blank) end--
  let bytes = 0
  let isWriting = false
  for (let x = 0; x < end; x++) {
    const cell = to[x]!
    if (cell === from[x]) isWriting = false
    else {
      bytes += (isWriting ? 0 : 6) + cell.text.length + (isStyledAnew(to, x, cell) ? 5 : 0)
      isWriting = true
    }
  }
  for (let x = end; x < to.length; x++) if (from[x] !== blank) return bytes + 3
  return bytes
}

const isStyledAnew = (row: CellRow, x: number, cell: Cell): boolean =>
  cell !== blank && x > 0 && row[x - 1]!.style !== cell.style

function costOfFresh(row: CellRow): number {
  return cost(
    row.map(() => blank),
    row,
  )
}
