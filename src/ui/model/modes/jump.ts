import { parseFilter } from '../../../protocol/filter/filter.ts'
import type { AlertItem } from '../list/row.ts'
import type { Rows } from '../list/row-index.ts'
import type { ViewState } from '../state.ts'
import { withToast } from '../step.ts'
import { selectRank } from '../list/viewport.ts'

/** Selects the next row in a direction that the test likes; says so when there is none. */
export function jump(
  state: ViewState,
  rows: Rows,
  step: 1 | -1,
  test: ((row: AlertItem) => boolean) | undefined,
  otherwise: string,
): ViewState {
  if (!test) return withToast(state, 'nothing to look for yet: / asks for it')
  const rank = findRank(rows, state.selectedRank + step, step, test)
  return rank === undefined ? withToast(state, otherwise) : selectRank(state, rows, rank, step)
}

const stride = 256

/** The rank of the first row that the test likes. One pass over the rows, read in strides. */
export function findRank(
  rows: Rows,
  from: number,
  step: 1 | -1,
  test: (row: AlertItem) => boolean,
): number | undefined {
  for (let at = from; at >= 0 && at < rows.size; at += step * stride) {
    const start = step === 1 ? at : Math.max(0, at - stride + 1)
    const part = rows.slice(start, step === 1 ? stride : at - start + 1)
    const found =
      step === 1
        ? part.findIndex((row) => row.kind === 'alert' && test(row))
        : part.findLastIndex((row) => row.kind === 'alert' && test(row))
    if (found >= 0) return start + found
  }
  return undefined
}

/** What n and N look for: every row of a filtered list, else what the last filter looked for. */
export function matcherFor({ filter, search }: ViewState): ((row: AlertItem) => boolean) | undefined {
  if (filter !== '') return () => true
  try {
    const wanted = parseFilter(search)
    return wanted && ((row) => row.alerts.some(({ insight }) => wanted.matches(insight)))
  } catch {
    return undefined
  }
}
