import type { AlertItem } from './row.ts'
import type { Rows } from './row-index.ts'
import type { ViewState } from '../state.ts'

/** The selected row. */
export function selectedRow({ selected }: ViewState, rows: Rows): AlertItem | undefined {
  const row = selected === undefined ? undefined : rows.get(selected)
  return row?.kind === 'alert' ? row : undefined
}
