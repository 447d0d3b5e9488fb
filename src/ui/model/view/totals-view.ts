import { sanitize } from '../../../text/sanitize.ts'
import { riskText } from '../../../text/words.ts'
import type { Figures } from '../data.ts'
import type { Sort } from '../list/row.ts'
import type { TotalsRange } from '../totals-range.ts'
import type { ViewState } from '../state.ts'

/** The second line: which alerts are shown and in what order, and the server's totals over the range. */
export interface TotalsView {
  readonly filter: string | undefined
  readonly sort: Sort
  readonly isFolded: boolean
  readonly range: TotalsRange
  /** Undefined while they are not known; `isMissing` when the server has none. */
  readonly totals:
    | { readonly total: number; readonly averageRisk: string; readonly buckets: readonly number[] }
    | undefined
  readonly isMissing: boolean
  /** Alerts held, and those let go because there was no more room. */
  readonly held: number
  readonly dropped: number
  /** Alerts that the filter hides. */
  readonly hidden: number
}

export function totalsView({ filter, sort, fold, range, totals }: ViewState, figures: Figures): TotalsView {
  const value = totals?.range === range ? totals.value : undefined
  return {
    filter: filter === '' ? undefined : sanitize(filter),
    sort,
    isFolded: fold,
    range,
    totals: value && {
      total: value.total,
      averageRisk: riskText(value.avgRisk),
      buckets: value.buckets?.map(({ total }) => total) ?? [],
    },
    isMissing: !value && totals?.failed !== undefined,
    held: figures.held,
    dropped: figures.dropped,
    hidden: figures.held - figures.matching,
  }
}
