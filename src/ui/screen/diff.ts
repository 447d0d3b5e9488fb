import type { Pen } from './pen.ts'
import { blank, type CellRow, tail } from './cell-row.ts'
import { applyShift, findShift } from './shift.ts'

/** More moves of lines than this in one frame don't happen. */
const maxShifts = 2
/** Blanks inside a line, from how many on erasing them is cheaper than writing them. */
const minErased = 10

/** Draws the way from the rows that a terminal shows to the next ones. Both have the same size. */
export function drawDifference(pen: Pen, shown: readonly CellRow[], next: readonly CellRow[]): void {
  let rows = shown
  for (let count = 0; count < maxShifts; count++) {
    const shift = findShift(rows, next)
    if (shift === undefined) break
    pen.shift(shift.top, shift.bottom, shift.lines)
    rows = applyShift(rows, shift)
  }
  next.forEach((row, y) => {
    if (row !== rows[y]) drawRow(pen, rows[y]!, row, y)
  })
}

function drawRow(pen: Pen, from: CellRow, to: CellRow, y: number): void {
  const end = lengthWithoutBlanks(to)
  let x = 0
  while (x < end) {
    if (to[x] === from[x]) {
      x++
      continue
    }
    const blanks = blanksFrom(to, x)
    if (blanks >= minErased) {
      pen.erase(to, x, y, blanks)
      x += blanks
      continue
    }
    // The left half of a wide character is never equal when the right one isn't.
    const start = x
    do x++
    while (x < end && (to[x] === tail || (to[x] !== from[x] && blanksFrom(to, x) < minErased)))
    pen.write(to, y, start, x)
  }
  const stale = lengthWithoutBlanks(from)
  const first = firstDifference(from, to, end)
  if (stale <= first) return
  if (stale - first < 3) pen.write(to, y, first, stale)
  else pen.eraseTail(to, first, y)
}

function lengthWithoutBlanks(row: CellRow): number {
  let length = row.length
  while (length > 0 && row[length - 1] === blank) length--
  return length
}

function blanksFrom(row: CellRow, x: number): number {
  let count = 0
  while (row[x + count] === blank) count++
  return count
}

function firstDifference(from: CellRow, to: CellRow, start: number): number {
  let x = start
  while (x < to.length && from[x] === to[x]) x++
  return x
}
