import type { Io } from '../../program/io.ts'
import { writeOut } from '../../program/write-out.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { appearance, type LookOptions } from '../shared/appearance.ts'
import { insightColumns } from './insight-columns.ts'
import { tableLines } from './table.ts'

/** The table of `recent`, as wide as the terminal. Measuring text takes long to load: JSON goes without. */
export async function writeTable(
  insights: readonly Insight[],
  options: LookOptions & { readonly headers?: boolean },
  io: Io,
): Promise<void> {
  const look = appearance(io, options)
  const isTerminal = io.stdout.isTTY ?? false
  const width = (isTerminal && io.stdout.columns) || undefined
  const columns = insightColumns(look, io.now(), isTerminal)
  const lines = tableLines(columns, insights, { width, ellipsis: look.glyphs.ellipsis })
  for (const line of options.headers === false ? lines.slice(1) : lines) await writeOut(io, `${line}\n`)
}
