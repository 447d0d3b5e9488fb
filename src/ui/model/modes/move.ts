import { type Severity, severityOfInsight } from '../../../protocol/severity.ts'
import { keyName } from '../key-name.ts'
import type { AlertItem } from '../list/row.ts'
import { goLive, listHeight, selectRank } from '../list/viewport.ts'
import type { KeyHandler, Press } from '../press.ts'
import type { ViewState } from '../state.ts'
import { step } from '../step.ts'
import { jump, matcherFor } from './jump.ts'

/** Moves the selection by so many rows. */
export const moveBy =
  (count: 1 | -1): KeyHandler =>
  ({ state, data }) =>
    step(selectRank(state, data.rows, state.selectedRank + count, count))

/** Moves by a part of a page; in the detail, scrolls it. */
export const pageBy =
  (pages: 0.5 | -0.5 | 1 | -1): KeyHandler =>
  ({ state, data }) => {
    const page = listHeight(state)
    const lines = Math.abs(pages) === 1 ? page : page >> 1
    const count = pages > 0 ? lines : -lines
    return step(
      scrollDetail(state, count) ??
        selectRank(state, data.rows, state.selectedRank + count, count > 0 ? 1 : -1),
    )
  }

function scrollDetail(state: ViewState, lines: number): ViewState | undefined {
  const { mode } = state
  if (mode.kind !== 'detail') return undefined
  return { ...state, mode: { ...mode, scroll: Math.max(0, mode.scroll + lines) } }
}

export const moveToFirst: KeyHandler = ({ state, data }) => step(selectRank(state, data.rows, 0, 1))

export const moveToLast: KeyHandler = ({ state, data }) =>
  step(selectRank(state, data.rows, data.rows.size - 1, -1))

export const followLive: KeyHandler = ({ state, data }) => step(goLive(state, data.rows))

/** Selects the next alert of that severity, down the list or up. */
export const jumpToSeverity = (severity: 'critical' | 'warning', direction: 1 | -1): KeyHandler =>
  jumpTo(() => hasSeverity(severity), severity, direction)

/** Selects the next alert that the last filter or search looks for. */
export const jumpToMatch = (direction: 1 | -1): KeyHandler =>
  jumpTo(({ state }) => matcherFor(state), 'match', direction)

const hasSeverity = (severity: Severity) => (row: AlertItem) =>
  severityOfInsight(row.alert.insight) === severity

const jumpTo =
  (
    testFor: (press: Press) => ((row: AlertItem) => boolean) | undefined,
    name: string,
    direction: 1 | -1,
  ): KeyHandler =>
  (press) => {
    const { state, data } = press
    const otherwise = direction === 1 ? `no ${name} further down${olderHint(press)}` : `no ${name} further up`
    return step(jump(state, data.rows, direction, testFor(press), otherwise))
  }

/** What is further down may not have been loaded yet. */
const olderHint = ({ state, data }: Press): string =>
  data.figures.full || state.older.kind === 'end' ? '' : `; ${keyName('end', false)} loads older ones`
