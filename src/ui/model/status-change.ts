import type { Insight } from '../../protocol/insight/insight.ts'
import { type Status, statusOrOpen } from '../../protocol/status.ts'
import { counted } from '../../text/format.ts'
import type { StatusJob } from './effect.ts'
import { emptyEditor } from './line-editor.ts'
import type { AlertItem } from './list/row.ts'
import type { Undoable, ViewState } from './state.ts'
import { type Step, step, withToast } from './step.ts'

/** A row of one alert is changed at once; a folded row asks for the number of alerts first. */
export function changeStatus(before: ViewState, row: AlertItem, status: Status): Step {
  const state = { ...before, changedRow: row.key }
  const jobs = statusJobs(state, row, status)
  if (jobs.length === 0) {
    const shown = state.pending.get(row.alert.id) ?? statusOrOpen(row.alert.insight.status)
    return step(withToast(state, `already ${shown}`))
  }
  if (jobs.length > 1)
    return step({ ...state, mode: { kind: 'confirm', status, jobs, typed: emptyEditor }, toast: undefined })
  return sendStatus(state, jobs)
}

/** What it takes to give all alerts of a row that status. */
export const statusJobs = ({ pending }: ViewState, row: AlertItem, status: Status): StatusJob[] =>
  row.alerts
    .map(({ id, insight }): StatusJob => {
      const from = pending.get(id) ?? statusOrOpen(insight.status)
      return { alertId: id, status, from, ifMatch: undefined }
    })
    .filter(({ from }) => needsChange(from, status))

const needsChange = (from: Status, to: Status) => (to === 'acknowledged' ? from === 'open' : from !== to)

/** Shows the status at once and asks the server for it. */
export function sendStatus(state: ViewState, jobs: readonly StatusJob[]): Step {
  return step(withPending(state, jobs), { type: 'setStatus', jobs, undoing: false })
}

/** Takes back the last change, alert by alert, unless somebody acted on one since. */
export function undoLast(state: ViewState): Step {
  const last = state.undo.at(-1)
  if (!last) return step(withToast(state, 'nothing to undo'))
  const jobs = last.map(({ alertId, from, etag }): StatusJob => ({
    alertId,
    status: from,
    from,
    ifMatch: etag,
  }))
  return step(withPending({ ...state, undo: state.undo.slice(0, -1) }, jobs), {
    type: 'setStatus',
    jobs,
    undoing: true,
  })
}

function withPending(state: ViewState, jobs: readonly StatusJob[]): ViewState {
  const pending = new Map(state.pending)
  for (const { alertId, status } of jobs) pending.set(alertId, status)
  return { ...state, pending }
}

/** How the server answered one job. */
export type JobResult =
  | { readonly job: StatusJob; readonly insight: Insight; readonly etag: string | undefined }
  | { readonly job: StatusJob; readonly refused: string }

const maxUndo = 20

/** The server has answered: what it refused is taken back, in words, and the rest can be undone. */
export function statusAnswered(state: ViewState, results: readonly JobResult[], undoing: boolean): ViewState {
  const pending = new Map(state.pending)
  const done: Undoable[] = []
  const refused: string[] = []
  for (const result of results) {
    const { alertId, status } = result.job
    // Another key may have asked for more since: that stays shown until it is answered itself.
    if (pending.get(alertId) === status) pending.delete(alertId)
    if ('refused' in result) refused.push(result.refused)
    else done.push({ alertId: result.job.alertId, from: result.job.from, etag: result.etag })
  }
  const undo = undoing
    ? withEtags(state.undo, done)
    : done.length === 0
      ? state.undo
      : [...state.undo, done].slice(-maxUndo)
  const next = { ...state, pending, undo }
  const [first] = refused
  if (first !== undefined)
    return withToast(
      next,
      results.length === 1
        ? `not changed: ${first}`
        : `${refused.length} of ${results.length} not changed: ${first}`,
      'warning',
    )
  const verb = undoing ? 'taken back' : results[0]?.job.status === 'resolved' ? 'resolved' : 'acknowledged'
  // Live, the list has moved on by now: which one it was is not to be guessed.
  const [only, ...others] = results
  const which = only && 'insight' in only && others.length === 0 ? ` (${only.insight.entity_id})` : ''
  const words = `${counted(done.length, 'alert')} ${verb}${undoing ? '' : '; u takes it back'}${which}`
  return withToast(next, words, 'good')
}

/** Undoing made a new version: the change before it is undone from there. */
function withEtags(undo: ViewState['undo'], done: readonly Undoable[]): ViewState['undo'] {
  const etags = new Map(done.map(({ alertId, etag }) => [alertId, etag]))
  return undo.map((changes) =>
    changes.map((change) =>
      etags.has(change.alertId) ? { ...change, etag: etags.get(change.alertId) } : change,
    ),
  )
}
