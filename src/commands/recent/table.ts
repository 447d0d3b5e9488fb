import { displayWidth, padEnd, padStart, truncate } from '../../text/width.ts'

export interface Column<T> {
  readonly title: string
  /** Sanitised text on one line. */
  readonly cell: (row: T) => string
  readonly align?: 'right'
  /** On a terminal, in columns. */
  readonly maxWidth?: number
  /** On a narrow terminal the highest goes first; without one it stays. */
  readonly drop?: number
  readonly paint?: (text: string, row: T) => string
}

interface TableOptions {
  /** The terminal's columns; without them nothing is cut or dropped. */
  readonly width: number | undefined
  readonly ellipsis: string
}

const gap = '  '
/** The last column is worth dropping others for, up to this width. */
const comfortableLast = 24
/** Narrower than this it goes itself, and the one before it takes what is left. */
const minLast = 5

/**
 * Lines of a table without rules, none wider than the width; the last column takes what is left of it.
 * The first two always stay.
 */
export function tableLines<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  { width, ellipsis }: TableOptions,
): string[] {
  const cells = new Map(
    columns.map((column) => [column, rows.map((row) => fit(column, row, width, ellipsis))]),
  )
  const widthOf = (column: Column<T>) =>
    Math.max(displayWidth(column.title), ...(cells.get(column) ?? []).map((text) => displayWidth(text)))
  const widths = new Map(columns.map((column) => [column, widthOf(column)]))
  const shown = dropColumns(columns, widths, width)
  const last = shown.at(-1)
  const before = shown.slice(0, -1).reduce((sum, column) => sum + (widths.get(column) ?? 0) + gap.length, 0)
  const rest = width === undefined ? Number.POSITIVE_INFINITY : Math.max(1, width - before)
  const line = (texts: (column: Column<T>) => string, paint?: T) =>
    shown
      .map((column) => {
        const text = texts(column)
        const wide = widths.get(column) ?? 0
        const padded =
          column === last
            ? truncate(text, rest, ellipsis)
            : column.align === 'right'
              ? padStart(text, wide)
              : padEnd(text, wide)
        return paint !== undefined && column.paint ? column.paint(padded, paint) : padded
      })
      .join(gap)
      .trimEnd()
  return [
    line((column) => column.title),
    ...rows.map((row, index) => line((column) => cells.get(column)?.[index] ?? '', row)),
  ]
}

function fit<T>(column: Column<T>, row: T, width: number | undefined, ellipsis: string): string {
  const text = column.cell(row)
  return width === undefined || column.maxWidth === undefined
    ? text
    : truncate(text, column.maxWidth, ellipsis)
}

function dropColumns<T>(
  columns: readonly Column<T>[],
  widths: ReadonlyMap<Column<T>, number>,
  width: number | undefined,
): readonly Column<T>[] {
  if (width === undefined) return columns
  const beforeLast = (shown: readonly Column<T>[]) =>
    shown.slice(0, -1).reduce((sum, column) => sum + (widths.get(column) ?? 0) + gap.length, 0)
  let shown = columns
  while (beforeLast(shown) + comfortableLast > width) {
    const [victim] = shown
      .filter((column) => column.drop !== undefined)
      .sort((a, b) => (b.drop ?? 0) - (a.drop ?? 0))
    if (victim === undefined) break
    shown = shown.filter((column) => column !== victim)
  }
  while (shown.length > 2 && beforeLast(shown) + minLast > width) shown = shown.slice(0, -1)
  return shown
}
