/** How wide each column of the list is; 0 is a column that has gone. */
export interface Columns {
  readonly width: number
  readonly age: number
  readonly times: number
  readonly status: number
  readonly type: number
  readonly entity: number
  readonly explanation: number
}

/** The order in which columns go as the list gets narrower. */
const expendable = ['status', 'age', 'times', 'type'] as const
const expendableBesideTimes = ['status', 'times', 'type', 'age'] as const

/** Columns before the first that can go: marker, mark, risk, glyph, word. */
const fixedWidth = (severityWidth: number) => 1 + 1 + 4 + 1 + severityWidth + 1 + 4

/** As wide as a time of another day with its date, `11-22 14:21` or `11-22 14:21:40`: columns don't move with the rows. */
const clockWidth = (width: number) => (width >= 100 ? 14 : 11)

/** The columns of a list that wide. Times that were asked for go last. */
export function columnsFor(
  width: number,
  options: { clock: boolean; fold: boolean; severityWidth: number },
): Columns {
  const wide = width >= 100
  const sizes = {
    status: 8,
    age: options.clock ? clockWidth(width) : 4,
    // Without folds there is nothing to count.
    times: options.fold ? 4 : 0,
    type: wide ? 18 : 15,
    entity: wide ? 16 : width >= 50 ? 13 : 12,
  }
  const minExplanation = options.clock ? (width < 60 ? 6 : 13) : width < 60 ? 10 : 18
  const rest = () =>
    width -
    fixedWidth(options.severityWidth) -
    Object.values(sizes).reduce((sum, size) => sum + (size > 0 ? size + 2 : 0), 0) -
    3
  for (const name of options.clock ? expendableBesideTimes : expendable) {
    if (rest() >= minExplanation) break
    sizes[name] = 0
  }
  return { width, ...sizes, explanation: Math.max(0, rest()) }
}
